"""The Keras callback that writes, after each epoch, what TensorBoard can show of a network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras
    import tensorflow as tf

Rows = tuple[NDArray[np.float32], NDArray[np.float32]]


def epoch_recorder(
    folder: Path, names: Sequence[str], trained: Rows, held: Rows
) -> "keras.callbacks.Callback":
    """Make a callback for `fit` of a network of `build_network` that logs to `folder` after each epoch.

    names: of the d columns; trained, held: features (n, d) and labels (n,) of 0 and 1, float32, of the rows
    trained on and not. What is written stands in `visualization.watch`.
    """
    import keras
    import tensorflow as tf

    share = trained[1].mean()
    guess = -share * np.log(share) - (1 - share) * np.log(1 - share)

    class Recorder(keras.callbacks.Callback):
        def on_train_begin(self, logs: dict | None = None) -> None:
            self.writer = tf.summary.create_file_writer(str(folder))

        def on_train_end(self, logs: dict | None = None) -> None:
            self.writer.close()

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            by_layer, by_column = gradients(self.model, *trained)
            curves = {"guess": guess, **(logs or {})}
            curves |= {f"gradient/{name}": tf.norm(value) for name, value in by_layer.items()}
            curves |= {f"column/{name}": value for name, value in zip(names, by_column, strict=True)}
            with self.writer.as_default(step=epoch + 1):
                _write(self.model, curves, by_layer, held)

    return Recorder()


def gradients(
    model: "keras.Model", x: NDArray[np.float32], y: NDArray[np.float32]
) -> tuple[dict[str, "tf.Tensor"], NDArray[np.float32]]:
    """Gradient of the loss by each layer's weights, the first layer first; and each column's share, (d,).

    A column's share is that of its squared gradient of the logit, mean over the rows, columns standardised;
    shares sum to 1, or are all 0 where no column moves the logit.
    """
    import keras
    import tensorflow as tf

    layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    with tf.GradientTape(persistent=True) as tape:
        standard = model.get_layer("scale")(x)
        tape.watch(standard)
        logit = standard
        for layer in layers:
            logit = layer(logit)
        loss = tf.reduce_mean(keras.losses.binary_crossentropy(y[:, None], logit, from_logits=True))
    by_weight = tape.gradient(loss, [layer.kernel.value for layer in layers])
    moved = np.square(tape.gradient(logit, standard)).mean(axis=0)
    names = [layer.name for layer in layers]
    return dict(zip(names, by_weight, strict=True)), moved / max(moved.sum(), 1e-30)


def _write(
    model: "keras.Model", curves: Mapping[str, float], by_layer: Mapping[str, "tf.Tensor"], held: Rows
) -> None:
    import tensorflow as tf
    from tensorboard.plugins.pr_curve import summary

    for name, value in curves.items():
        tf.summary.scalar(name, value)
    for name, gradient in by_layer.items():
        tf.summary.histogram(f"gradients/{name}", gradient)
        tf.summary.histogram(f"weights/{name}", model.get_layer(name).kernel)
    # TensorFlow 2 has no operation for this curve; the plugin still makes its summary
    chances = model(held[0], training=False).numpy()[:, 0]
    curve = summary.pb("precision_recall", held[1] > 0, chances, num_thresholds=101)
    tf.summary.experimental.write_raw_pb(curve.SerializeToString())
