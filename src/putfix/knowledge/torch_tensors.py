"""PyTorch: tensor constructors, loading, and what the methods of tensors do.

Methods whose name ends in an underscore change the tensor; none is listed, so each is an event.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_CREATION = "PyTorch reference, torch, Creation Ops"
_TENSOR = "PyTorch reference, torch.Tensor"
_LAYERS = "PyTorch reference, torch.nn"

LIBRARY = Library(
    producers=(
        Producers(
            names("torch", "zeros ones empty rand randn"),
            "torch.Tensor",
            _CREATION,
            size="dimensions",
            item_bytes=4,
            unless=("out", "device"),
        ),
        Producers(
            names("torch", "full"),
            "torch.Tensor",
            _CREATION,
            size="shape",
            item_bytes=4,
            shape_at=0,
            unless=("out", "device"),
        ),
        Producers(
            names("torch", "eye"), "torch.Tensor", _CREATION, size="square", item_bytes=4, unless=("out", "device")
        ),
        Producers(
            names("torch", "arange"), "torch.Tensor", _CREATION, size="range", item_bytes=8, unless=("out", "device")
        ),
        Producers(
            ("torch.nn.Linear",),
            "torch.nn.Module",
            _LAYERS,
            size="layer",
            layer="linear",
            dimensions=(("in_features", 0, None), ("out_features", 1, None)),
            item_bytes=4,
        ),
        Producers(
            ("torch.nn.Embedding",),
            "torch.nn.Module",
            _LAYERS,
            size="layer",
            layer="table",
            dimensions=(("num_embeddings", 0, None), ("embedding_dim", 1, None)),
            item_bytes=4,
        ),
        Producers(
            names("torch.nn", "Conv1d Conv2d Conv3d"),
            "torch.nn.Module",
            _LAYERS,
            size="layer",
            layer="convolution",
            dimensions=(
                ("in_channels", 0, None),
                ("out_channels", 1, None),
                ("kernel_size", 2, None),
                ("groups", 6, 1),
            ),
            item_bytes=4,
        ),
        *(
            Producers(
                names("torch.nn", layer.upper()),
                "torch.nn.Module",
                _LAYERS,
                size="layer",
                layer=layer,
                dimensions=(("input_size", 0, None), ("hidden_size", 1, None)),
                item_bytes=4,
            )
            for layer in ("rnn", "gru", "lstm")
        ),
        Producers(
            names("torch.nn", "TransformerEncoderLayer TransformerDecoderLayer"),
            "torch.nn.Module",
            _LAYERS,
            size="layer",
            layer="transformer",
            dimensions=(("d_model", 0, None), ("dim_feedforward", 2, 2048)),
            item_bytes=4,
        ),
        Producers(names("torch.nn", "Sequential ModuleList"), "torch.nn.Module", _LAYERS, size="layer", layer="sum"),
        Producers(
            names(
                "torch.nn", "ReLU Tanh Sigmoid Softmax LogSoftmax GELU ELU LeakyReLU Dropout Flatten MaxPool2d Identity"
            ),
            "torch.nn.Module",
            _LAYERS,
            size="small",
        ),
        Producers(
            names(
                "torchvision.models", "resnet18 resnet34 resnet50 resnet101 resnet152 vgg16 vgg19 alexnet densenet121"
            )
            + names("torchvision.models", "mobilenet_v2 mobilenet_v3_large efficientnet_b0 inception_v3 vit_b_16"),
            "torch.nn.Module",
            "Torchvision reference, Models and pre-trained weights",
        ),
        Producers(
            names("torch.optim", "SGD Adam AdamW RMSprop Adagrad"),
            "torch.optim.Optimizer",
            "PyTorch reference, torch.optim: an optimizer holds the parameters that it changes",
            size="same",
        ),
        Producers(
            names("torch", "randint"),
            "torch.Tensor",
            _CREATION,
            size="shape",
            item_bytes=8,
            shape_at=2,
            unless=("out", "device", "dtype"),
        ),
        Producers(
            names("torch", "zeros_like ones_like empty_like rand_like randn_like"),
            "torch.Tensor",
            _CREATION,
            size="like",
        ),
        Producers(names("torch", "from_numpy tensor as_tensor"), "torch.Tensor", _CREATION, size="same"),
        Producers(names("torch", "cat concat stack"), "torch.Tensor", _CREATION, size="gathered", unless=("out",)),
        Producers(("torch.load",), "pickle.loaded", "PyTorch reference, torch.load", unless=("mmap",)),
    ),
    reads=(
        Reads(
            (
                *names("torch", "zeros ones empty rand randn full eye arange tensor load save is_tensor manual_seed"),
                *names("torch", "equal allclose isnan isinf"),
                *names("torch.cuda", "is_available device_count"),
                *names("torch", "device no_grad inference_mode"),
                *names("torch", "zeros_like ones_like empty_like rand_like randn_like randint cat concat stack"),
                *names("torch.nn", "Linear Embedding Conv1d Conv2d Conv3d RNN GRU LSTM"),
                *names("torch.nn", "TransformerEncoderLayer TransformerDecoderLayer"),
                *names("torch.nn", "ReLU Tanh Sigmoid Softmax LogSoftmax GELU ELU LeakyReLU Dropout Flatten MaxPool2d"),
                "torch.nn.Identity",
            ),
            _CREATION,
        ),
        Reads(
            (
                *names("torch", "from_numpy as_tensor"),
                *names("torch.nn", "Sequential ModuleList"),
                *names("torch.optim", "SGD Adam AdamW RMSprop Adagrad"),
            ),
            _CREATION,
            result="view",
        ),
    ),
    methods=(
        Methods(
            "torch.Tensor",
            _TENSOR,
            reads=tuple(
                "all any clone dim element_size item max mean min nelement numel prod size std sum tolist".split()
            ),
            views=tuple(
                "contiguous cpu detach double expand flatten float half long numpy permute reshape squeeze t to "
                "transpose unsqueeze view".split()
            ),
            plain_attributes=("shape", "ndim", "dtype", "device", "requires_grad"),
            keeps_size=(
                *("clone", "contiguous", "cpu", "detach", "double", "flatten", "float", "long", "permute"),
                *("reshape", "squeeze", "t", "to", "transpose", "unsqueeze", "view"),
            ),
            gives=(("numpy", "numpy.ndarray"),),
            slices=True,  # which are written with the whole storage
            repeatable=("clone", "cpu", "detach", "t", "numpy"),
        ),
        Methods(
            "torch.nn.Module",
            "PyTorch reference, torch.nn.Module",
            views=("children", "modules", "named_parameters", "parameters", "state_dict"),
            changes=("cpu", "cuda", "eval", "load_state_dict", "requires_grad_", "to", "train", "zero_grad"),
            keeps_size=("cpu", "cuda", "eval", "to", "train"),
            gives=(("state_dict", "torch.state_dict"), ("parameters", "torch.parameters")),
            repeatable=("state_dict",),
        ),
    ),
    managers=names("torch", "no_grad inference_mode"),
    writes_through=(
        *names("torch", "from_numpy as_tensor asarray from_dlpack frombuffer Tensor FloatTensor"),
        *names("torch.utils.dlpack", "from_dlpack"),
    ),
)
