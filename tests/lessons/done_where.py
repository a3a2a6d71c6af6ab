"""Where each row of the lecture's topics is done, and where each of the stumbles: the lesson and step, what it asks
there, and what has to stand in the scene: a layer by its word, a loss, an optimizer, a mode, a data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Done = tuple[str, str, str]
"""A step as "lesson/step", a reading that its question makes, and what stands in its scene."""

ROWS: Mapping[str, Sequence[Done]] = {
    "L01": (
        ("first-look/no-rule", "parameters", "conv"),
        ("first-look/numbers", "input.cells", "conv"),
        ("first-look/shares", "probability(cat)", "linear"),
        ("first-look/only-what-it-knows", "probability", "linear"),
    ),
    "L02": (
        ("one-step/adds-up", "linear1.output[0,1]", "half_squared_error"),
        ("one-step/second-layer", "identity2.output[0,1]", "half_squared_error"),
        ("one-step/how-wrong", "loss", "half_squared_error"),
        ("one-step/delta", "linear2.grad_output[0,1]", "half_squared_error"),
        ("one-step/blame", "linear1.grad_output[0,0]", "half_squared_error"),
        ("one-step/weight-change", "linear2.weight_after[0,1]", "half_squared_error"),
        ("one-step/behind-a-zero", "linear1.weight_after[:,0]", "half_squared_error"),
        ("one-step/forward-again", "identity2.output[0,0]", "half_squared_error"),
    ),
    "L03": (("train-a-convnet/learns-from", "data.train", "textures"),),
    "L04": (
        ("volumes/where-they-sit", "linear1.parameters", "conv"),
        ("volumes/sees-everything", "linear1.weights", "linear"),
        ("volumes/does-not-grow", "conv1.parameters", "linear"),
    ),
    "L05": (("volumes/boxes", "conv1.shape[0]", "conv"),),
    "L06": (
        ("first-look/no-rule", "parameters", "maxpool"),
        ("volumes/boxes", "conv1.shape[0]", "maxpool"),
        ("train-a-convnet/one-epoch", "run.val_accuracy[1]", "maxpool"),
    ),
    "L07": (("volumes/which-learn", "pool1.parameters", "maxpool"),),
    "L08": (
        ("depth/count-one", "conv1.terms[0,0,0,0]", "conv"),
        ("depth/column", "conv1.regions[10,12]", "conv"),
        ("receptive-field/first", "conv1.field[0,5,5]", "conv"),
        ("receptive-field/second", "conv2.field[0,5,5]", "conv"),
        ("receptive-field/behind-a-pool", "pool1.field[0,2,2]", "maxpool"),
        ("receptive-field/behind-its-stride", "conv3.field[0,1,1]", "maxpool"),
        ("receptive-field/two-or-one", "parameters", "conv"),
    ),
    "L09": (
        ("convolution/one-place", "conv1.output[0,0,0,0]", "conv"),
        ("convolution/to-the-right", "conv1.output[0,0,0,1]", "conv"),
        ("convolution/a-map", "conv1.output[0,0,1,2]", "conv"),
    ),
    "L10": (
        ("convolution/dot-product", "conv1.output[0,0,0,0]", "conv"),
        ("depth/one-sum", "conv1.output[0,0,0,0]", "conv"),
        ("depth/count-one", "conv1.terms[0,0,0,0]", "conv"),
    ),
    "L11": (
        ("depth/as-many-as-filters", "conv1.shape[0]", "conv"),
        ("depth/three-then-three", "conv2.shape[0]", "conv"),
        ("depth/count-one", "conv1.terms[0,0,0,0]", "conv"),
    ),
    "L12": (("train-a-convnet/how-many", "run.val_accuracy[1]", "textures"),),
    "L13": (
        ("activations/relu", "relu1.output[0,0]", "relu"),
        ("activations/sigmoid", "sigmoid1.output[0,0]", "sigmoid"),
        ("activations/steepest", "linear1.grad_output[0,0]", "sigmoid"),
        ("activations/four", "linear1.grad_output[0,0]", "sigmoid"),
        ("activations/bend", "linear2.output[0,0]", "relu"),
    ),
    "L14": (
        ("pooling/winner", "pool1.output[0,0,0,1]", "maxpool"),
        ("pooling/gone", "kept(pool1)", "maxpool"),
        ("pooling/depth", "pool1.shape[0]", "maxpool"),
    ),
    "L15": (
        ("pooling/beside", "concat1.output[0,1,1,1]", "avgpool"),
        ("pooling/nothing-good", "concat1.output[0,0,1,0]", "maxpool"),
    ),
    "L16": (
        ("convolution/everywhere", "conv1.output[0,0,0,1]", "conv"),
        ("depth/as-many-as-filters", "conv1.shape[0]", "conv"),
        ("size/stride-two", "conv1.shape[1]", "conv"),
        ("padding/decides", "conv1.shape[1]", "conv"),
    ),
    "L17": (
        ("padding/three-names", "conv1.shape[1]", "conv"),
        ("padding/darker-border", "conv1.output[0,0,0,0]", "conv"),
        ("padding/even-filter", "conv1.output[0,0,3,3]", "conv"),
    ),
    "L18": (
        ("what-layers-see/edge", "conv1.output[0,0,0,1]", "conv"),
        ("what-layers-see/parts", "conv6.field", "conv"),
        ("what-layers-see/pickier", "zeros(relu6)", "relu"),
        ("what-layers-see/where-is-the-cat", "probability(cat)", "batchnorm"),
        ("what-layers-see/upside-down", "probability(cat)", "conv"),
    ),
    "L19": (
        ("size/stride-one", "conv1.shape[1]", "conv"),
        ("size/frame", "conv1.shape", "conv"),
        ("volumes/count-conv", "conv1.parameters", "conv"),
        ("volumes/does-not-grow", "conv1.parameters", "conv"),
    ),
    "L20": (
        ("size/stride-one", "conv1.shape[1]", "conv"),
        ("size/stride-two", "conv1.shape[1]", "conv"),
        ("size/stride-three", "runnable", "conv"),
    ),
    "L21": (
        ("size/frame", "conv1.shape", "conv"),
        ("padding/decides", "conv1.shape[1]", "conv"),
    ),
    "L22": (("size/shrinking", "runnable", "conv"),),
    "L23": (
        ("depth/column", "conv1.regions[10,12]", "conv"),
        ("what-layers-see/pickier", "zeros(relu6)", "relu"),
    ),
    "L24": (
        ("flatten/sheet-by-sheet", "place(flatten1, input[0,1,1,1])", "flatten"),
        ("flatten/over-the-row", "linear1.output[0,0]", "flatten"),
        ("flatten/real-one", "flatten1.shape[0]", "flatten"),
    ),
    "L25": (
        ("softmax/shares", "softmax1.output[0,0]", "softmax"),
        ("softmax/differences", "softmax1.output[0,0]", "softmax"),
        ("softmax/doubling", "softmax1.output[0,0]", "softmax"),
    ),
    "L26": (
        ("softmax/sigmoid", "softmax1.output[0,0]", "softmax"),
        ("softmax/one-neuron", "sigmoid1.output[0,0]", "sigmoid"),
        ("train-a-convnet/yes-or-no", "data.share[0]", "bce"),
    ),
    "L27": (
        ("regression-losses/squared", "loss", "mse"),
        ("regression-losses/absolute", "loss", "mae"),
        ("regression-losses/signed", "loss", "mbe"),
        ("regression-losses/outlier", "loss", "mse"),
        ("regression-losses/pull", "loss.grad_input[0,2]", "mse"),
    ),
    "L28": (
        ("classification-losses/hinge", "loss", "hinge"),
        ("classification-losses/winning", "loss", "hinge"),
        ("classification-losses/sure-and-wrong", "loss", "bce"),
        ("classification-losses/cross-entropy", "loss", "cross_entropy"),
        ("classification-losses/nothing", "loss", "cross_entropy"),
    ),
    "L29": (
        ("regression-losses/parabola", "loss", "mse"),
        ("optimizers/downhill", "linear1.weight_after[0,0]", "mse"),
        ("optimizers/just-right", "linear1.weight_after[0,0]", "mse"),
        ("optimizers/back-and-forth", "run.loss[2]", "mse"),
        ("optimizers/too-far", "run.loss[2]", "mse"),
    ),
    "L30": (
        ("biomedical/wrong-expert", "class", "conv"),
        ("biomedical/where-it-errs", "run.confusion[7,7]", "textures"),
        ("biomedical/heartbeat", "conv1.shape[2]", "conv"),
        ("biomedical/what-for", "data.share[0]", "textures"),
    ),
}

STUMBLES: Mapping[str, Sequence[Done]] = {
    "in_features": (("flatten/in-features", "flatten1.shape[0]", "linear"),),
    "softmax twice": (("classification-losses/twice", "softmax1.grad_input[0,2]", "cross_entropy"),),
    "size formula": (
        ("size/stride-one", "conv1.shape[1]", "conv"),
        ("size/stride-two", "conv1.shape[1]", "conv"),
        ("size/stride-three", "conv1.shape[1]", "conv"),
    ),
    '"same", stride 2': (
        ("padding/even-filter", "conv1.output[0,0,3,3]", "conv"),
        ("padding/same-and-stride", "conv1.output[0,0,0,0]", "conv"),
    ),
    "flipped kernel": (
        ("convolution/turned", "conv1.output[0,0,0,0]", "conv"),
        ("conv-gradient/middle", "conv1.grad_input[0,0,1,1]", "conv"),
    ),
    "max-pool gradient": (
        ("pool-gradient/winner", "pool1.grad_input[0,0,1,1]", "maxpool"),
        ("pool-gradient/point-at-it", "pointed(pool1.grad_input)", "maxpool"),
    ),
    "overlapping windows": (
        ("pool-gradient/overlap", "pool1.grad_input[0,0,1,1]", "maxpool"),
        ("relatives/overlap", "convtranspose1.output[0,0,2,2]", "convtranspose"),
    ),
    "ties": (("pool-gradient/tie", "pool1.grad_input[0,0,:,0]", "maxpool"),),
    "three kernels twice": (("depth/three-then-three", "conv2.shape[0]", "conv"),),
    "RGB filter": (("depth/one-sum", "conv1.output[0,0,0,0]", "conv"),),
    "parameters": (
        ("depth/three-then-three", "conv2.shape[0]", "conv"),
        ("depth/count-one", "conv1.terms[0,0,0,0]", "conv"),
        ("volumes/count-conv", "conv1.parameters", "conv"),
    ),
    "has pooling weights?": (
        ("pooling/gone", "pool1.parameters", "maxpool"),
        ("volumes/which-learn", "pool1.parameters", "maxpool"),
    ),
    "receptive field": (
        ("receptive-field/first", "conv1.field[0,5,5]", "conv"),
        ("receptive-field/second", "conv2.field[0,5,5]", "conv"),
        ("receptive-field/behind-a-pool", "pool1.field[0,2,2]", "maxpool"),
        ("receptive-field/behind-its-stride", "conv3.field[0,1,1]", "maxpool"),
    ),
    "train/eval": (
        ("train-and-eval/with-the-batch", "bn1.output[0,0,0,1]", "train"),
        ("train-and-eval/with-the-past", "bn1.output[0,0,0,1]", "eval"),
        ("train-and-eval/forgotten", "class", "train"),
    ),
    "frozen BatchNorm": (("train-and-eval/frozen", "bn1.running_mean_after[0]", "batchnorm"),),
    "zero_grad": (("whose-gradient/stays", "linear2.kept_gradient[0,0]", "half_squared_error"),),
    ".grad is None": (("whose-gradient/owner", "linear1.gradients", "half_squared_error"),),
    "equal weights": (
        ("whose-gradient/twins", "linear1.weight_after[0,:]", "half_squared_error"),
        ("going-wrong/equal", "spread(conv1.weight)", "cross_entropy"),
    ),
    "unscaled input": (
        ("optimizers/too-far", "run.loss[2]", "mse"),
        ("going-wrong/unscaled", "linear1.grad_weight[0,0]", "mae"),
    ),
    "rate too high": (
        ("optimizers/back-and-forth", "run.loss[2]", "mse"),
        ("optimizers/too-far", "run.loss[2]", "mse"),
        ("going-wrong/runaway", "run.loss[300]", "mse"),
        ("going-wrong/ten-times", "run.stopped_at", "textures"),
    ),
    "dead ReLU": (("going-wrong/dead", "linear1.grad_weight[1,0]", "relu"),),
    "softmax over one output": (("softmax/of-one", "softmax1.output[0,0]", "softmax"),),
    "MSE for classes": (("classification-losses/squares", "linear1.grad_output[0,0]", "mse"),),
    "validation beats training": (("train-a-convnet/validation", "run.val_accuracy[8]", "dropout"),),
    "labels misaligned": (("going-wrong/shuffled", "run.train_loss[3]", "textures:shuffled"),),
}
"""What people everywhere get wrong at first, by a few words."""
