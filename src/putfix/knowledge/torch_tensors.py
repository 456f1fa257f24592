"""PyTorch: tensor constructors, loading, and what the methods of tensors do.

Methods whose name ends in an underscore change the tensor; none is listed, so each is an event.
"""

from putfix.knowledge.rows import Library, Methods, Producers, Reads, names

_CREATION = "PyTorch reference, torch, Creation Ops"
_TENSOR = "PyTorch reference, torch.Tensor"

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
            ("torch.nn.Linear",), "torch.nn.Module", "PyTorch reference, torch.nn.Linear", size="dense", item_bytes=4
        ),
        Producers(("torch.load",), "pickle.loaded", "PyTorch reference, torch.load", unless=("mmap",)),
    ),
    reads=(
        Reads(
            (
                *names("torch", "zeros ones empty rand randn full eye arange tensor load save is_tensor manual_seed"),
                *names("torch", "equal allclose isnan isinf"),
                *names("torch.cuda", "is_available device_count"),
                *names("torch", "device no_grad inference_mode"),
                "torch.nn.Linear",
            ),
            _CREATION,
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
                "cpu detach expand flatten numpy permute reshape squeeze t to transpose unsqueeze view".split()
            ),
            plain_attributes=("shape", "ndim", "dtype", "device", "requires_grad"),
            keeps_size=("clone", "cpu", "detach", "flatten", "reshape", "t", "transpose", "view"),
            repeatable=("clone", "cpu", "detach", "t", "numpy"),
        ),
        Methods(
            "torch.nn.Module",
            "PyTorch reference, torch.nn.Module",
            views=("children", "modules", "named_parameters", "parameters", "state_dict"),
            changes=("eval", "load_state_dict", "requires_grad_", "train", "zero_grad"),
            gives=(("state_dict", "torch.state_dict"),),
            repeatable=("state_dict",),
        ),
    ),
    managers=names("torch", "no_grad inference_mode"),
    writes_through=(
        *names("torch", "from_numpy as_tensor asarray from_dlpack frombuffer Tensor FloatTensor"),
        *names("torch.utils.dlpack", "from_dlpack"),
    ),
)
