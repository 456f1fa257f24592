"""Keras, by itself and as a part of TensorFlow; TensorFlow's tensors.

A model that is loaded, or one of ``keras.applications``, is normally larger than 100 KB; one that is built layer by
layer may be small, as those of reinforcement learning are. ``predict``, ``evaluate``, ``fit`` and calling a
model run its layers and callbacks, and build what is not built yet: unknown code.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_TENSORS = "TensorFlow API reference, tf"
_SAVING = "Keras API reference, Models API, Saving and serialization"
_MODEL = "Keras API reference, Models API, Model"
_APPLICATIONS = (
    "ConvNeXtBase ConvNeXtLarge ConvNeXtSmall ConvNeXtTiny ConvNeXtXLarge DenseNet121 DenseNet169 DenseNet201 "
    "EfficientNetB0 EfficientNetB1 EfficientNetB2 EfficientNetB3 EfficientNetB4 EfficientNetB5 EfficientNetB6 "
    "EfficientNetB7 EfficientNetV2B0 EfficientNetV2B1 EfficientNetV2B2 EfficientNetV2B3 EfficientNetV2L "
    "EfficientNetV2M "
    "EfficientNetV2S InceptionResNetV2 InceptionV3 MobileNet MobileNetV2 MobileNetV3Large MobileNetV3Small NASNetLarge "
    "NASNetMobile ResNet101 ResNet101V2 ResNet152 ResNet152V2 ResNet50 ResNet50V2 VGG16 VGG19 Xception"
)
_IN_MODULES = (
    "densenet.DenseNet121 densenet.DenseNet169 densenet.DenseNet201 efficientnet.EfficientNetB0 "
    "inception_resnet_v2.InceptionResNetV2 inception_v3.InceptionV3 mobilenet.MobileNet mobilenet_v2.MobileNetV2 "
    "nasnet.NASNetLarge nasnet.NASNetMobile resnet.ResNet101 resnet.ResNet152 resnet.ResNet50 resnet50.ResNet50 "
    "resnet_v2.ResNet50V2 vgg16.VGG16 vgg19.VGG19 xception.Xception"
)
_KERAS = ("keras", "tensorflow.keras")
_TRAINED = tuple(
    name
    for keras in _KERAS
    for name in (
        *names(f"{keras}.models", "load_model"),
        *names(f"{keras}.applications", f"{_APPLICATIONS} {_IN_MODULES}"),
    )
)
_SETS = tuple(
    name
    for keras in _KERAS
    for name in names(
        f"{keras}.datasets",
        "boston_housing.load_data cifar10.load_data cifar100.load_data fashion_mnist.load_data imdb.load_data "
        "mnist.load_data reuters.load_data",
    )
)
_MODELS = tuple(name for keras in _KERAS for name in names(keras, "Model Sequential models.Model models.Sequential"))

LIBRARY = Library(
    producers=(
        Producers(_TRAINED, "keras.Model", _SAVING),
        Producers(
            tuple(name for name in _SETS if "boston" not in name),  # which is 42 KB
            "builtins.tuple",
            "Keras API reference, Datasets",
            parts=(("numpy.ndarray", "numpy.ndarray"), ("numpy.ndarray", "numpy.ndarray")),
        ),
        Producers(names("keras", "Sequential models.Sequential"), "keras.Model", _MODEL, size="unknown"),
        Producers(names("tensorflow.keras", "Sequential models.Sequential"), "keras.Model", _MODEL, size="unknown"),
        Producers(
            names("tensorflow", "zeros ones"),
            "tensorflow.Tensor",
            _TENSORS,
            size="shape",
            shape_at=0,
            data_type_at=1,
            item_bytes=4,
        ),
        Producers(
            names("tensorflow.random", "normal uniform truncated_normal"),
            "tensorflow.Tensor",
            _TENSORS,
            size="shape",
            shape_at=0,
            data_type_at=3,
            item_bytes=4,
        ),
        Producers(
            names("tensorflow", "eye"),
            "tensorflow.Tensor",
            _TENSORS,
            size="square",
            item_bytes=4,
            unless=("num_columns", "batch_shape"),
        ),
        Producers(names("tensorflow", "range"), "tensorflow.Tensor", _TENSORS, size="range", item_bytes=4, at_most=3),
        Producers(
            names("tensorflow", "constant convert_to_tensor"), "tensorflow.Tensor", _TENSORS, size="contents", at_most=1
        ),
        Producers(names("tensorflow", "Variable"), "tensorflow.Variable", _TENSORS, size="contents", at_most=1),
    ),
    reads=(
        Reads((*_TRAINED, *_SETS), _SAVING),
        Reads(_MODELS, _MODEL, result="view"),
        Reads(
            (
                *names("tensorflow", "zeros ones eye range fill zeros_like ones_like constant Variable"),
                *names("tensorflow.random", "normal uniform truncated_normal set_seed"),
                *names("tensorflow.config", "list_physical_devices"),
            ),
            _TENSORS,
        ),
        Reads(names("tensorflow", "convert_to_tensor identity reshape transpose"), _TENSORS, result="view"),
    ),
    methods=(
        *(
            Methods(
                kind,
                _MODEL,
                reads=("count_params", "get_weights", "save", "save_weights", "summary", "to_json"),
                views=("get_config", "get_layer"),
                changes=("compile", "load_weights", "set_weights"),
                acting=("save", "save_weights", "summary"),
                gives=(("get_weights", "builtins.list"),),
                repeatable=("get_weights", "to_json"),
            )
            for kind in ("keras.Model", "tensorflow.keras.Model")
        ),
        Methods(
            "tensorflow.Tensor",
            _TENSORS,
            reads=("get_shape",),
            views=("numpy",),
            plain_attributes=("device", "dtype", "ndim", "shape"),
            gives=(("numpy", "numpy.ndarray"),),
            repeatable=("numpy",),
        ),
        Methods(
            "tensorflow.Variable",
            _TENSORS,
            views=("numpy", "read_value", "value"),
            changes=("assign", "assign_add", "assign_sub"),
            plain_attributes=("device", "dtype", "name", "shape"),
            gives=(("numpy", "numpy.ndarray"),),
        ),
    ),
)
