"""Writes Chinese texts that a corpus should keep, and others that it should not, to try the rules on."""

import random
import re

import pandas as pd

# A genre a paragraph, a sentence a line; {n} is a number, {place} a town. All of it is invented.
_GOOD = """\
news: {place}市昨天开通了第{n}条公交快线，首班车在清晨六点发出。
这条线路连接老城区和新建的科技园，全程只停靠十二站。
据运营公司介绍，工作日高峰时段平均每八分钟就有一班车。
家住东门的刘女士说，以前上班要换两次车，现在省下了半个多小时。
不过也有乘客反映，夜间班次偏少，加班以后仍然只能打车回家。
对此，公司表示会在三个月后根据客流情况调整时刻表。

encyclopaedia: 银杏是一种落叶乔木，在中国各地都有栽培，寿命可以超过千年。
它的叶子像一把小扇子，到了秋天就会变成明亮的金黄色。
银杏雌雄异株，雌树结出的种子俗称白果，外层有难闻的气味。
白果可以入药，也可以食用，但是一次吃得太多会引起中毒。
因为耐寒、耐旱，又很少生病虫害，许多城市把它选作行道树。
{place}的一座古寺里就有一棵树龄约{n}百年的银杏。

engineering: 部署新版本之前，请先在测试环境里完整地跑一遍回归用例。
服务启动以后会监听{n}080端口，日志默认写到 /var/log/app 目录下。
如果 CPU 占用率持续高于百分之八十，可以先检查是不是缓存没有命中。
我们曾经遇到过一次故障，原因是连接池的上限设置得太小。
当时的做法是把上限从 50 调到 200，并且给慢查询加上了索引。
从那以后，接口的平均响应时间一直稳定在 40 毫秒左右。

recipe: 先把五花肉切成两厘米见方的小块，放进冷水里焯一下，撇去浮沫。
锅里放少许油和冰糖，用小火慢慢炒，直到糖变成枣红色。
这时把肉块倒进去翻炒，让每一块都均匀地裹上糖色。
然后加入姜片、葱段和两勺酱油，再倒入没过肉的热水。
大火烧开以后转小火，盖上盖子炖{n}十分钟，中间不要总是揭盖。
最后用大火把汤汁收浓，尝一尝咸淡，就可以装盘上桌了。

contract: 甲方应当在本合同签订之日起{n}个工作日内支付首期款项。
乙方收到款项以后，应当按照附件一列明的时间表交付全部成果。
任何一方逾期履行义务的，每逾期一日，应当向对方支付合同总价千分之一的违约金。
因不可抗力不能履行合同的，双方互不承担责任，但是应当及时通知对方。
未经对方书面同意，任何一方不得把本合同的权利义务转让给第三人。
双方发生争议的，先行协商；协商不成的，提交{place}仲裁委员会仲裁。

story: 天还没有亮，老陈就挑着担子出了门，路上一个人也没有。
他走到桥头的时候，听见有人在身后喊他的名字。
“你今天怎么起得这么早？”卖豆腐的阿婆笑着问。
“去{place}看孙子，赶头一班船。”老陈一边说，一边把围巾往上拉了拉。
雾从河面上慢慢升起来，对岸的灯火一点一点地看不清了。
他忽然想起{n}年以前，自己也是在这样的早晨离开家的。

science: 海水为什么是咸的？这个问题的答案要从岩石说起。
雨水里溶解了少量的二氧化碳，落到地面以后会慢慢侵蚀岩石。
岩石里的矿物质因此被带进河流，最后一起流到大海里。
太阳把海水晒热，水变成蒸汽离开了海面，盐却留了下来。
经过几亿年的积累，今天每千克海水里大约有 35 克盐。
科学家在{place}附近的海域取了{n}组样品，得到的结果也差不多。

medicine: 感冒大多由病毒引起，一般一周左右就能自己好起来。
发热的时候要多喝水、多休息，体温超过三十八度半再考虑吃退烧药。
抗生素只对细菌有效，对病毒没有作用，所以不要自己随便服用。
如果{n}天以后仍然高烧不退，或者出现呼吸困难，就应该尽快去医院。
老人、孕妇和有慢性病的人更要小心，最好一开始就去问医生。
平时勤洗手、常开窗，在人多的地方戴好口罩，都能减少传染的机会。

review: 这台洗衣机我已经用了{n}个多月，今天来说一说真实的感受。
优点是声音很小，晚上洗衣服也不会吵到楼下的邻居。
快洗模式只要十五分钟，平时洗几件衬衫完全够用了。
缺点也有：排水管偏短，我另外花了二十块钱才接到地漏。
客服的态度不错，但是从{place}发货，等了一个星期才送到。
总的来说，这个价位能买到这样的质量，我觉得是值得的。

history: 这座石桥建于四百多年前，是当年{place}通往京城的必经之路。
据县志记载，造桥的钱由商人和百姓一起捐出，前后用了{n}年才完工。
桥身全部用青石砌成，没有用一根钉子，到现在依然十分牢固。
上个世纪的一场洪水冲垮了两岸的房屋，石桥却只损坏了栏杆。
后来人们按照老照片把栏杆修好，并且在桥头立了一块碑。
如今汽车都从旁边的新桥走，老桥成了孩子们放学以后玩耍的地方。

letter: 亲爱的爸爸妈妈，我到{place}已经{n}个月了，一切都好，请不要挂念。
宿舍里住着四个人，大家来自不同的地方，说话的口音也不一样。
刚来的时候我听不懂老师讲的课，现在差不多都能跟上了。
食堂的菜有点辣，不过我已经习惯，还学会了自己做番茄炒蛋。
周末我在图书馆做兼职，挣的钱够付每个月的电话费。
等放了寒假我就买票回家，你们要照顾好身体，不要太累了。

finance: 公司今天公布了第三季度的业绩，收入比去年同期增长了百分之{n}。
增长主要来自海外市场，其中东南亚的订单几乎翻了一番。
由于原材料涨价，毛利率下降了两个百分点，这也在市场的预料之中。
管理层在电话会议上说，明年会继续增加研发投入，同时控制销售费用。
有分析师认为，公司的现金流很健康，但是对单一客户的依赖仍然偏高。
截至收盘，公司在{place}交易所的股价上涨了不到一个百分点。

computing: 在 Python 里用 pandas 读取 CSV 文件，最常用的函数是 read_csv。
如果文件是 GB18030 编码，要写 encoding="gb18030"，不然会报 UnicodeDecodeError。
读进来的是一个 DataFrame，每一列都有自己的 dtype，可以用 info() 来查看。
数据超过{n}GB 的时候，可以改用 Parquet 格式，再用 PyArrow 按列读取。
从 NumPy 2.0 开始，有一些旧的别名被删除了，例如 np.float_ 就不能再用。
升级以前最好先在 CI 里跑一遍 pytest，看看有没有 DeprecationWarning。

advice: 面试之前，先把自己做过的项目从头到尾想一遍，能讲清楚为什么这样做。
不要背答案，面试官更想知道的是你怎样发现问题、怎样解决问题。
遇到不会的题目，可以先说出已知的条件，再说自己的思路和不确定的地方。
简历上写的每一个数字都要有来历，至少能讲{n}分钟。
如果对方问到离职的原因，实话实说就好，但是不要抱怨以前的同事。
最后记得准备两三个问题，问一问团队的目标，这比沉默要好得多。
"""
_PLACES = ("青河", "云岭", "南湾", "白水", "临江", "松原口")
_THINGS = ("手机壳", "充电宝", "连衣裙", "运动鞋", "保温杯", "面膜", "蓝牙耳机", "双肩包", "台灯", "电饭煲")
_MENU = (
    "首页",
    "新闻",
    "视频",
    "图片",
    "财经",
    "体育",
    "娱乐",
    "汽车",
    "房产",
    "登录",
    "注册",
    "更多",
    "下一页",
)


def chinese_texts(seed: int = 0) -> pd.DataFrame:
    """Give 56 good texts in 14 genres and 48 bad ones of 16 kinds: columns text, kind, good.

    The last kind of bad text reads well sentence by sentence and makes no sense: no rule of form can see it.

    >>> chinese_texts().groupby("good")["kind"].agg(["size", "nunique"]).values.tolist()
    [[48, 16], [56, 14]]
    """
    random_ = random.Random(seed)
    good = [(text, kind, True) for _ in range(4) for kind, text in _good(random_)]
    prose = [text for text, *_ in good]
    bad = [(text, kind, False) for _ in range(3) for kind, text in _bad(random_, prose).items()]
    return pd.DataFrame(good + bad, columns=["text", "kind", "good"])


def _good(random_: random.Random) -> list[tuple[str, str]]:
    """Write one text of each genre: some sentences fewer, other names, on one line or on several."""
    texts = []
    for paragraph in _GOOD.strip().split("\n\n"):
        kind, _, text = paragraph.partition(": ")
        sentences = text.split("\n")
        del sentences[random_.randrange(1, len(sentences))]
        filled = [s.format(n=random_.randint(2, 9), place=random_.choice(_PLACES)) for s in sentences]
        layout = random_.choice(("", "\n", "\n\n", "list"))
        if layout == "list":
            text = "\n".join(f"{i}. {sentence}" for i, sentence in enumerate(filled, start=1))
        else:
            text = layout.join("".join(filled[i : i + 2]) for i in (0, 2, 4))
        texts.append((kind, text))
    return texts


def _bad(random_: random.Random, prose: list[str]) -> dict[str, str]:
    """Write one bad text of each kind."""
    things, text, number = random_.sample(_THINGS, 8), random_.choice(prose), random_.randint(100, 999)
    slogan = f"全场{random_.choice(_THINGS)}限时优惠，点击领取{number}元红包！"
    spoken = {s for whole in prose for s in re.findall(r"[^\s。！？.]{15,60}。", whole)}
    sentences = random_.sample(sorted(spoken), 12)
    return {
        "menu": "\n".join(random_.sample(_MENU, 12) * 3),
        "keywords": " ".join(f"{a}{b}" for a in things for b in ("批发", "价格", "图片", "厂家")),
        "slogan by line": "\n".join([slogan] * 10),
        "slogan in line": slogan * 10,
        "phrase over and over": "".join(
            f"{thing}的价格是多少，在哪里有卖{things[0]}的？" for thing in things * 3
        ),
        "wrong encoding": text.encode().decode("gb18030", errors="replace"),
        "table": "\n".join(f"2024-03-{d:02} {d * number % 97}.5 {d * 31 % 89}.2 合格" for d in range(1, 25)),
        "teasers": "\n".join(f"{s[:14]}……" for s in sentences),
        "script": f"{text}\nvar a = {{id: {number}, url: '/p/{number}'}};\n请启用 JavaScript 以继续浏览。",
        "policy": "\n".join(f"{s[:-1]}，详情请见我们的隐私政策和使用条款。" for s in sentences[:6]),
        "too short": sentences[0],
        "hashtags": "".join(f"#{thing}# #{thing}推荐# 今天的好物分享在这里！" for thing in things),
        "bullets": "\n".join(f"• {thing}{number + i}款" for i, thing in enumerate(things * 2)),
        "English": f"Item {number} is out of stock, and we do not know when it will be back. " * 2
        + sentences[0],
        "no marks": "".join(c for s in sentences for c in s if c.isalpha()),
        "no sense": "".join(sentences[:6]),
    }
