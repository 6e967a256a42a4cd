"""Federated averaging held against Flower's own, and the model against scikit-learn's."""

import numpy as np
from flwr.app import Array, ArrayRecord, MetricRecord, RecordDict
from flwr.serverapp.strategy.strategy_utils import aggregate_arrayrecords
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.linear_model import LogisticRegression

from playbook.inputs import mortgages
from playbook.security.federated import average, fedavg
from playbook.security.lenders import FEATURES, lenders
from playbook.security.logistic import predict, safe_rate, train


@given(
    arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 8)), elements=st.floats(-1e6, 1e6)),
    st.data(),
)
def test_our_average_is_that_of_flower(models, data):
    rows = data.draw(st.lists(st.integers(1, 10**6), min_size=len(models), max_size=len(models)))
    records = [
        RecordDict({"arrays": ArrayRecord({"model": Array(model)}), "metrics": MetricRecord({"rows": n})})
        for model, n in zip(models, rows, strict=True)
    ]
    flower = aggregate_arrayrecords(records, "rows")["model"].numpy()
    np.testing.assert_allclose(fedavg(list(models), rows), flower, rtol=1e-9, atol=1e-6)


def test_pooled_training_goes_where_scikit_learn_goes():
    data = lenders(mortgages(), "approve", FEATURES)
    x, y = data.share(data.training)
    peer = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(x, y)
    model = train(np.zeros(len(FEATURES) + 1), x, y, 20_000, safe_rate(len(FEATURES)))
    np.testing.assert_allclose(model, [*peer.coef_[0], peer.intercept_[0]], atol=1e-3)
    np.testing.assert_allclose(predict(model, x), peer.predict_proba(x)[:, 1], atol=1e-3)


def test_federated_averaging_with_one_step_a_round_is_pooled_gradient_descent_on_the_mortgages():
    data = lenders(mortgages(), "approve", FEATURES)
    x, y = data.share(data.training)
    rate = safe_rate(len(FEATURES))
    pooled = train(np.zeros(len(FEATURES) + 1), x, y, 200, rate)
    for by in (None, "obrat", "white", "approve"):  # however unlike the lenders are
        federated = average(data.shares(3, by), rounds=200, steps=1, learning_rate=rate)[-1]
        assert np.abs(federated - pooled).max() <= 1e-6
