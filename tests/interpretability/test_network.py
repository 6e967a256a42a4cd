"""The network repeats itself, predicts probabilities, and is asked the same way in both output spaces."""

import numpy as np

from playbook.interpretability.network import build_network, predictor, train_network

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(300, 3)) * [1, 100, 1] + [0, 1000, 5]
Y = (X[:, 0] > 0).astype(int)


def test_training_repeats_learns_and_predicts_in_two_spaces():
    model = train_network(X, Y, seed=3)
    probability, logit = predictor(model)(X), predictor(model, "logit")(X)
    assert probability.shape == (300,) and probability.dtype == np.float32
    assert ((probability > 0.5) == Y).mean() > 0.9
    np.testing.assert_allclose(1 / (1 + np.exp(-logit)), probability, atol=1e-6)
    np.testing.assert_allclose(model.predict(X.astype("float32"), verbose=0)[:, 0], probability, atol=1e-6)
    np.testing.assert_allclose(predictor(train_network(X, Y, seed=3))(X), probability, atol=1e-6)
    assert np.abs(predictor(train_network(X, Y, seed=4))(X) - probability).max() > 1e-4


def test_network_is_built_as_asked_and_standardises_what_it_reads():
    model = build_network(X, hidden=(5, 4, 3), activation="sigmoid", learning_rate=0.5)
    dense = [layer for layer in model.layers if hasattr(layer, "kernel")]
    assert [(layer.name, layer.units) for layer in dense] == [
        ("hidden_1", 5),
        ("hidden_2", 4),
        ("hidden_3", 3),
        ("logit", 1),
    ]
    assert dense[0].activation.__name__ == "sigmoid" and float(model.optimizer.learning_rate) == 0.5
    standard = np.asarray(model.get_layer("scale")(X.astype("float32")))
    np.testing.assert_allclose(standard.mean(axis=0), 0, atol=1e-4)
    np.testing.assert_allclose(standard.std(axis=0), 1, atol=1e-4)
