"""The article's snippet runs and says what it draws; each other way is held against exact values."""

import numpy as np
import pandas as pd
import pytest

from playbook.interpretability.applications import applications
from playbook.interpretability.network import train_network
from playbook.interpretability.ways import article_run, ways

GENERATOR = np.random.default_rng(0)
TABLE = pd.DataFrame(GENERATOR.normal(size=(120, 3)), columns=["income", "debts", "age"])


@pytest.fixture(scope="module")
def data():
    return applications(TABLE.assign(approve=(TABLE["income"] > 0).astype(int)))


def test_the_articles_plot_of_a_keras_network_is_the_wrong_one(data):
    network = train_network(data.x_train, data.y_train, epochs=1)
    run = article_run(network, data.x_train.head(5), data.x_test.head(2))
    assert run.values.shape == (2, 3, 1) and run.predictions > 5 + 2
    assert len(run.drawn) < 3 and run.figure.axes


def test_each_way_is_compared_with_the_exact_values(data):
    def logit(z):
        return np.asarray(z) @ np.array([2.0, -1, 0.1])

    def predict(z):
        return 1 / (1 + np.exp(-logit(z)))

    table = ways(predict, logit, data, data.x_test.head(6), data.x_train.head(20))
    assert table.loc["KernelSHAP, default"].tolist() == [1, 1, 0]  # six coalitions, all asked
    assert table["rank agreement"].idxmin() in {
        "LIME",
        "one typical applicant",
        "log-odds",
        "approved applicants",
    }
    assert table["letters changed"].between(0, 6).all() and (table["rank agreement"] < 1).any()
