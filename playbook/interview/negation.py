"""Tells whether a word in a sentence is affirmed or denied, in English and Chinese.

A cue ("not", "never", "avoid", 不, 没, 避免) reaches forward to the end of its clause, a denying predicate
("is not needed", 没有必要) back to its beginning; two of them cancel out, as in "never forget to".
"""

import re
from collections.abc import Sequence

Span = tuple[int, int]

_FORWARD = {
    "en": re.compile(
        r"\b(?:not(?! only\b| more than| less than| fewer than)|cannot|never|neither|nor|nobody|"
        r"nothing(?= (?:is|are|was|can|will|has|does)\b)|"
        r"none of|no(?! more\b| less\b| fewer\b| later\b| doubt| matter)|without|hardly|rarely|"
        r"instead of|rather than|avoid(?:s|ed|ing)?|skip(?:s|ped|ping)?|"
        r"forget(?:s|ting)?|forgot|ignor(?:e|es|ed|ing)|"
        r"omit(?:s|ted|ting)?|fail(?:s|ed|ing)? to|refrain(?:s|ed|ing)? from)\b|n't\b|\bdont\b"
    ),
    "zh": re.compile(
        r"不得不|不能不|不可不|无不|"
        r"(?:不(?![仅但只光单止同断管论妨错少久等变均良]|平衡|可篡改|一致|确定|大于|小于|超过|低于|高于|多于|然|可信|可逆)|"
        r"没(?!收)|无(?![论监偏关损效])|(?<![区类级性识个分辨特告鉴差])别(?![人的处名])|未(?![来知])|勿|并非|毫无|"
        r"避免|忽略|跳过|放弃|省掉|免去|缺乏|忘记|忘了|而非)"
    ),
}
_BACKWARD = {
    "en": re.compile(
        r"\b(?:is|are|was|were|be|do|does|did|should|must|can|could|need|would|will|has|have|ca|wo)"
        r"(?:\s?n't|\s?not|\s+never)\s+(?:(?:be|really|at all|a|an|the|been)\s+)*"
        r"(?:necessary|needed|required|useful|used|use|help|helps|work|worth|important|possible|matter|enough|"
        r"sufficient|exist|apply|allowed|hold|good|done|true|correct|right|relevant|safe|recommended|problem)\b|"
        r"\b(?:is|are|was|were)\s+(?:unnecessary|useless|pointless|wrong|impossible|harmful|irrelevant|optional|"
        r"a waste|a mistake|overkill)\b"
    ),
    "zh": re.compile(
        r"没有?(?:什么)?(?:用|必要|意义|关系|效果)|不必要|不重要|不需要|不可行|无用|无意义|多余|是错的|是错误的|不行|"
        r"不够|不足以|不存在|不能用|不可取|不该用|不适用|不成立|不管用|行不通|没问题|不安全|不可靠|靠不住"
    ),
}
_CLAUSE = {
    "en": re.compile(
        r"[,:()\[\]—–?!.]|\b(?:but|because|since|so|while|whereas|however|although|though|unless|if|when|"
        r"which|who|until|before|after|instead(?! of)|yet|then|"
        r"and (?:i|we|you|they|it|he|she|then|so|the|each|every|only))\b"
    ),
    "zh": re.compile(r"[,，:：()（）。？！]|而是|而要|但是?|而且|因为|所以|否则|才|就|反而|并且|再|的话"),
}
_REACH = {"en": 70, "zh": 18}


def denied(sentence: str, span: Span, lang: str, phrases: Sequence[Span] = ()) -> bool:
    """Whether the words at `span` of a normalised sentence are denied; cues inside `phrases` do not count.

    >>> text = "you should not encrypt the weights, but sign them"
    >>> denied(text, (text.index("weights"), text.index(",")), "en"), denied(text, (38, 42), "en")
    (True, False)
    >>> denied("不要加密权重，而要签名", (2, 4), "zh"), denied("不得不加密", (3, 5), "zh")
    (True, False)
    """
    cues = 0
    for found in _FORWARD[lang].finditer(sentence):
        if _inside(found.span(), phrases) or found[0] in {"不得不", "不能不", "不可不", "无不"}:
            continue
        end = _clause_end(sentence, found.end(), lang)
        if found[0] in {"没", "未", "无"}:
            # 没签名的权重: what is denied there ends with 的
            end = min(end, sentence.find("的", found.end()) % (len(sentence) + 1))
        cues += found.end() <= span[0] < end
    for found in _BACKWARD[lang].finditer(sentence):
        if _inside(found.span(), phrases) or _inside(span, [found.span()]):
            continue
        cues += _clause_start(sentence, found.start(), lang) <= span[0] and span[1] <= found.start()
    return cues % 2 == 1


def _inside(span: Span, spans: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end for start, end in spans)


def _clause_end(sentence: str, start: int, lang: str) -> int:
    stop = _CLAUSE[lang].search(sentence, start)
    return min(stop.start() if stop else len(sentence), start + _REACH[lang])


def _clause_start(sentence: str, end: int, lang: str) -> int:
    return max((stop.end() for stop in _CLAUSE[lang].finditer(sentence, 0, end)), default=0)
