"""House macros: they carry the options, so that BUILD files stay short."""

def unit_test(name, deps = [], srcs = None, size = "small", exclusive = False, **kwargs):
    """A GoogleTest binary of <name>.cc.

    Args:
      exclusive: it starts processes or needs a core to itself; runs alone.
    """
    native.cc_test(
        name = name,
        srcs = srcs or [name + ".cc"],
        size = size,
        tags = kwargs.pop("tags", []) + (["exclusive"] if exclusive else []),
        deps = deps + ["//third_party:gtest_main"],
        **kwargs
    )
