"""The founder's bill: a plan's money, days and law with an interval, its levers, and what a budget buys."""

from dataclasses import dataclass, replace

import pandas as pd

from playbook.cost.accelerators import accelerator
from playbook.cost.algorithms import training_flops
from playbook.cost.checks import positive, whole
from playbook.cost.estimate import Estimate, estimate_run
from playbook.cost.prices import AVERAGE, break_even_month, grid, price_of, prices
from playbook.cost.scaling import EPOCH, ScalingLaw
from playbook.errors import PlaybookError

# Regulation (EU) 2024/1689, article 51, and the Commission's guidelines of 18 July 2025, in operations.
THRESHOLDS = {"general-purpose model": 1e23, "systemic risk": 1e25}
# All compute over the final run's: OLMo's development was half of the final run (arXiv:2503.05804, 2025), and
# 82 % of Olmo 3's compute was development.
DEVELOPMENT = {"OLMo": 1.5, "Olmo 3": 1 / (1 - 0.82)}


@dataclass(frozen=True)
class Plan:
    """A run that a founder would like: what, on which machines, where, by when, for how much.

    params, tokens: numbers, not billions; price: USD an accelerator-hour; region: of data/prices.toml.
    Raises PlaybookError for values that no plan can have.
    """

    params: float
    tokens: float
    accelerator: str
    devices: int
    price: float
    budget: float
    deadline_days: float
    region: str = AVERAGE

    def __post_init__(self) -> None:
        for name in ("params", "tokens", "price", "budget", "deadline_days"):
            positive(name, getattr(self, name))
        whole("devices", self.devices)
        grid(self.region)
        accelerator(self.accelerator)
        if training_flops(self.params, self.tokens) > 1e29:
            raise PlaybookError(
                f"{self.params:.3g} parameters on {self.tokens:.3g} tokens are more than 1e29 operations, "
                "thousands of times any run so far: check the units."
            )


@dataclass(frozen=True)
class Bill:
    """What a plan costs and takes; `low` and `high` hold with 90 % for a laboratory not seen."""

    plan: Plan
    estimate: Estimate

    def table(self) -> pd.DataFrame:
        """Give hours, USD, days, MWh and tonnes of CO2, a row each, at the cheap end, middle and dear end."""
        run, plan = self.estimate, self.plan
        hours = pd.Series({"cheap end": run.low, "middle": run.gpu_hours, "dear end": run.high})
        rows = {
            "accelerator-hours": hours,
            "USD": hours * plan.price,
            f"days on {plan.devices:,}": hours / plan.devices / 24,
        }
        for name, value, scale in (("MWh", run.kwh, 1e-3), ("tonnes of CO2", run.co2_t, 1)):
            if value is not None:
                rows[name] = hours * value * scale / run.gpu_hours
        return pd.DataFrame(rows).T

    @property
    def usd(self) -> tuple[float, float, float]:
        """USD at the cheap end, in the middle, at the dear end."""
        run = self.estimate
        return (run.low * self.plan.price, run.gpu_hours * self.plan.price, run.high * self.plan.price)

    @property
    def days(self) -> tuple[float, float, float]:
        """Days on the plan's devices, likewise."""
        run = self.estimate
        return tuple(hours / self.plan.devices / 24 for hours in (run.low, run.gpu_hours, run.high))


def bill(plan: Plan) -> Bill:
    """Price a plan by what published runs reached.

    >>> plan = Plan(7e9, 1e12, "H100", 64, price=2.95, budget=250_000, deadline_days=45)
    >>> verdict(bill(plan).usd, plan.budget)
    'yes'
    """
    run = estimate_run(plan.params, plan.tokens, plan.accelerator, price=plan.price, region=plan.region)
    return Bill(plan, run)


def verdict(interval: tuple[float, float, float], limit: float) -> str:
    """Say whether an interval stays below a limit: yes, likely, unlikely or no.

    >>> verdict((1, 2, 3), 2.5)
    'likely'
    """
    low, middle, high = interval
    return "yes" if high <= limit else "likely" if middle <= limit else "unlikely" if low <= limit else "no"


def thresholds(params: float, tokens: float) -> pd.DataFrame:
    """Say which lines of the EU's AI Act a run crosses, and at how many tokens it would.

    >>> thresholds(7e9, 4e12)["crossed"].tolist()
    [True, False]
    """
    work = training_flops(params, tokens)
    rows = {
        name: {"operations": f"{line:.0e}", "crossed": work > line, "at billion tokens": line / 6e9 / params}
        for name, line in THRESHOLDS.items()
    }
    return pd.DataFrame(rows).T


def levers(plan: Plan) -> pd.DataFrame:
    """Turn one lever at a time from its cheap end to its dear end: what the bill becomes, in USD.

    A row a lever, the one that moves the bill most (as a factor) first: cheap, dear (USD), factor, range (of
    the lever). A tornado chart is as honest as its ranges: sizes are halved and doubled, the rest are
    published ends. Levers with no listed range for the accelerator are left out.
    """
    usd = bill(plan).usd
    half, double = (replace(plan, params=plan.params * f) for f in (0.5, 2))
    offers = prices().query("accelerator == @plan.accelerator")["usd"]
    ends = {
        "parameters": (bill(half).usd[1], bill(double).usd[1], "half to double"),
        "tokens": (bill(half).usd[1], bill(double).usd[1], "half to double"),
        "utilisation": (usd[0], usd[2], "90 % of laboratories"),
        "development": (usd[1], usd[1] * DEVELOPMENT["Olmo 3"], "final run alone to Olmo 3's"),
    }
    if offers.nunique() > 1:
        hours = usd[1] / plan.price
        span = f"{offers.min():g} to {offers.max():g} USD, as listed"
        ends["price of an hour"] = (hours * offers.min(), hours * offers.max(), span)
    costs = accelerator_costs(plan)
    ends["accelerator"] = (costs.min(), costs.max(), f"{costs.index[0]} to {costs.index[-1]}, on demand")
    table = pd.DataFrame(ends, index=["cheap", "dear", "range"]).T
    table["factor"] = (table["dear"] / table["cheap"]).astype(float)
    return table.sort_values("factor", ascending=False, kind="stable")


def accelerator_costs(plan: Plan) -> pd.Series:
    """Give the middle of the bill in USD on each accelerator with an on-demand price, cheapest first."""
    listed = sorted(set(prices().query("kind == 'on-demand'")["accelerator"]))
    usd = {name: bill(replace(plan, accelerator=name, price=price_of(name))).usd[1] for name in listed}
    return pd.Series(usd).sort_values()


def affordable_tokens(plan: Plan) -> tuple[float, float, float]:
    """Give the tokens that the budget buys for the plan's model: at the dear end, middle and cheap end."""
    return tuple(plan.tokens * plan.budget / usd for usd in reversed(bill(plan).usd))


def answers(paid: Bill, loss: float) -> pd.Series:
    """Answer what a founder asks next: what the budget buys, the law, the price of quality, rent or own.

    loss: the quality wanted, as of `cheapest_for_loss`.
    """
    plan = paid.plan
    crossed = thresholds(plan.params, plan.tokens)["crossed"].astype(bool)
    params, tokens = cheapest_for_loss(loss)
    usd = bill(replace(plan, params=params, tokens=tokens)).usd[1]
    size = f"{params / 1e9:,.0f} B on {tokens / 1e9:,.0f} B tokens"
    months = [f"{break_even_month('H100', plan.price, used):.0f}" for used in (1, 0.5)]
    return pd.Series(
        {
            "the budget buys, at the dear end": f"{affordable_tokens(plan)[0] / 1e9:,.0f} billion tokens",
            "lines of the AI Act crossed": ", ".join(crossed.index[crossed]) or "none",
            f"cheapest for a loss of {loss:g}": f"{size}: {usd:,.0f} USD",
            "owning an H100 pays from month": f"{months[0]} always used, {months[1]} half (inf: never)",
        },
        name="answer",
    )


def cheapest_for_loss(loss: float, law: ScalingLaw = EPOCH) -> tuple[float, float]:
    """Find the parameters and tokens that reach a loss with the fewest operations.

    Where L = E + A/N^alpha + B/D^beta is to be `loss` (nats a token of the law's own test set), 6ND is least
    when alpha A/N^alpha = beta B/D^beta. law: by default Epoch AI's constants for Chinchilla's data
    (Besiroglu et al. 2024, arXiv:2404.10102). Raises PlaybookError for a loss that no size reaches.

    >>> params, tokens = cheapest_for_loss(2.0)
    >>> bool(10 < tokens / params < 30)
    True
    """
    above = positive("loss", loss) - law.E
    if above <= 0:
        raise PlaybookError(
            f"a loss of {loss:g} is at or below {law.E:g}, which no size reaches: ask for more."
        )
    both = law.alpha + law.beta
    params = (law.A * both / (above * law.beta)) ** (1 / law.alpha)
    return params, (law.B * both / (above * law.alpha)) ** (1 / law.beta)
