"""promtool, out of Debian's prometheus package, which is not installed: it would start a server."""

def _promtool_repository_impl(ctx):
    script = """
set -e
apt-get download -qq prometheus
dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool
rm prometheus_*.deb
"""
    result = ctx.execute(["bash", "-c", script], timeout = 600)
    if result.return_code:
        fail("could not get the package prometheus (`apt-get update` first?): " + result.stderr)
    ctx.symlink("usr/bin/promtool", "promtool")
    ctx.file("BUILD.bazel", 'exports_files(["promtool"])\n')

promtool_repository = repository_rule(implementation = _promtool_repository_impl)
