"""Turns a plan into hours, money, memory and energy: the names of the fourth measure in one place."""

from playbook.cost.accelerators import ACCELERATORS, Accelerator, accelerator
from playbook.cost.clusters import Layout, Shape, arrange, smallest_cluster
from playbook.cost.estimate import Estimate, carbon_t, energy_kwh, estimate_run, held_out, learn
from playbook.cost.memory import activation_gib, model_state_gb
from playbook.cost.prices import break_even_month, grid, price_of, prices, purchase, watts
from playbook.cost.runs import FLAT_UTILISATION, dense_runs, factor_error, gpu_hours, published_runs
from playbook.cost.spot import (
    DEVICE_MTBF,
    RESTART,
    Interrupted,
    daly,
    expected_hours,
    interrupted,
    simulated_hours,
    spot_break_even,
    young,
)

__all__ = [
    "ACCELERATORS",
    "DEVICE_MTBF",
    "FLAT_UTILISATION",
    "RESTART",
    "Accelerator",
    "Estimate",
    "Interrupted",
    "Layout",
    "Shape",
    "accelerator",
    "activation_gib",
    "arrange",
    "break_even_month",
    "carbon_t",
    "daly",
    "dense_runs",
    "energy_kwh",
    "estimate_run",
    "expected_hours",
    "factor_error",
    "gpu_hours",
    "grid",
    "held_out",
    "interrupted",
    "learn",
    "model_state_gb",
    "price_of",
    "prices",
    "published_runs",
    "purchase",
    "simulated_hours",
    "smallest_cluster",
    "spot_break_even",
    "watts",
    "young",
]
