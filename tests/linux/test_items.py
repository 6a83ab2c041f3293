"""Functions of 7.3 in which one item of what return sets are made of decides, an item each: read by hand, then asked.

The tree is a part of the real one: all headers, and the files and folders that the functions and their callees are in.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytest import TempPathFactory

from tests.linux.parts import indexed, returned

pytestmark = pytest.mark.linux

NEEDED = ("Makefile", "Kconfig", "include", "fs/seq_file.c", "drivers/of", "drivers/mtd/spi-nor")
DP_HELPER = "drivers/gpu/drm/display/drm_dp_helper.c"
CLOSED = [
    ("constants", "fs/nls/mac-inuit.c:uni2char", "-EINVAL -ENAMETOOLONG 1"),
    ("enum constants", "drivers/net/phy/marvell.c:marvell_vct7_cable_test_report_trans", "0 1 2 3 4"),
    ("#define constants", "net/key/af_key.c:pfkey_mode_to_xfrm", "-1 0 1 4"),
    ("ERR_PTR", "fs/overlayfs/xattrs.c:ovl_xattr_escape_name", "ERR_PTR(-ENOMEM) ERR_PTR(-EOPNOTSUPP) pointer"),
    ("IS_ERR_OR_NULL", "drivers/thermal/ti-soc-thermal/ti-bandgap.c:ti_bandgap_validate", "-EINVAL -ERANGE 0"),
    ("dev_err_probe", "drivers/mailbox/arm_mhuv3.c:mhuv3_initialize_channels", "-ENOMEM 0"),
    ("a ? b : c", "net/netfilter/ipset/ip_set_hash_ipportnet.c:hash_ipportnet4_do_data_match", "-ENOTEMPTY 1"),
    ("max", "mm/percpu.c:__pcpu_size_to_slot", "1 positive"),
    ("bool to int", "net/netfilter/xt_hashlimit.c:dl_seq_real_show_v1", "0 1"),
    ("loops", "kernel/bpf/check_btf.c:check_abnormal_return", "-EINVAL 0"),
    ("fallthrough", f"{DP_HELPER}:__128b132b_channel_eq_delay_us", "400 4000 8000 12000 16000 32000 64000"),
    ("goto", "block/partitions/core.c:bdev_resize_partition", "-EBUSY -EINVAL -ENXIO 0"),
    ("globals of the file", "drivers/macintosh/via-pmu.c:pmu_probe", "-ENODEV 0"),
    ("assertions", "sound/core/rawmidi.c:snd_rawmidi_kernel_release_nested", "-ENXIO 0"),
    ("BUG()", "fs/hugetlbfs/inode.c:hugetlbfs_write_end", ""),
    ("panic()", "arch/powerpc/platforms/cell/spufs/switch.c:spu_save", "0"),
    ("checks in a callee", "drivers/nvme/host/pr.c:nvme_status_to_pr_err", "-EINVAL 0 2 24 65536"),
    ("static before others", "drivers/block/floppy.c:result", "-1 0 positive"),
    ("operation tables", "drivers/mtd/spi-nor/core.c:spi_nor_controller_ops_erase", "-EOPNOTSUPP -ETIMEDOUT 0"),
    ("constant arguments", "drivers/of/overlay.c:build_changeset_symbols_node", "-EINVAL -ENOMEM 0"),
    ("SYSCALL_DEFINE4", "kernel/rseq.c:sys_rseq", "-EBUSY -EFAULT -EINVAL -EPERM 0"),
    (
        "DEFINE_SHOW_ATTRIBUTE",
        "drivers/platform/raspberrypi/vchiq-interface/vchiq_debugfs.c:debugfs_usecount_open",
        "-ENOMEM 0",
    ),
    ("PAGEFLAG", "include/linux/page-flags.h:PageHWPoison", "0 1"),
    ("guard", "net/9p/trans_usbg.c:usb9pfs_tag_instance", "-EBUSY 0"),
    ("scoped_guard", "drivers/gpio/gpiolib-cdev.c:gpio_chrdev_release", "0"),
    ("scoped_cond_guard", "drivers/thunderbolt/debugfs.c:margining_optional_voltage_offset_show", "-ERESTARTSYS 0"),
    ("loop macros", "drivers/s390/block/dcssblk.c:dcssblk_assign_free_minor", "-EBUSY -EINVAL 0"),
    ("#if in a switch", "net/xfrm/xfrm_state.c:__xfrm6_tmpl_sort_cmp", "1 2 3 4"),
]
OPEN = [
    ("a ?: b", "drivers/hv/vmbus_drv.c:target_cpu_store", "-EINVAL -EIO"),
    (
        "ERR_CAST",
        "drivers/base/regmap/regmap-spi-avmm.c:__devm_regmap_init_spi_avmm",
        "ERR_PTR(-ENODEV) ERR_PTR(-EINVAL)",
    ),
    ("PTR_ERR_OR_ZERO", "drivers/net/ethernet/i825xx/82596.c:i82596_init", "-ENODEV 0"),
    ("struct fields", "drivers/media/usb/gspca/stv06xx/stv06xx_hdcs.c:hdcs_init_controls", "unknown"),
    ("a macro in place of a function", "drivers/i2c/busses/i2c-ocores.c:ocores_i2c_probe", "-ENODEV"),
    ("COMPAT_SYSCALL_DEFINE2", "fs/stat.c:compat_sys_newstat", "-EFAULT -EOVERFLOW 0"),
    ("__free", "drivers/iio/adc/at91_adc.c:at91_adc_get_trigger_value_by_name", "-EINVAL -ENOMEM"),
]
OUT = "net/netfilter/x_tables.c:xt_find_revision"
FOLDERS = ("arch/mips/loongson2ef",)


@pytest.fixture(scope="module")
def part(linux_73: Path, tmp_path_factory: TempPathFactory) -> Path:
    files = [function.partition(":")[0] for _, function, _ in (*CLOSED, *OPEN)]
    return indexed(linux_73, tmp_path_factory.mktemp("part"), (*NEEDED, *FOLDERS, *files, OUT.partition(":")[0]))


@pytest.mark.parametrize(("item", "function", "values"), CLOSED, ids=[item for item, *_ in CLOSED])
def test_what_is_closed(part: Path, item: str, function: str, values: str) -> None:
    variants = returned(part, function)
    assert all(one.closed for one in variants), item
    assert {value for one in variants for value in one.values} == set(values.split()), item


@pytest.mark.parametrize(("item", "function", "values"), OPEN, ids=[item for item, *_ in OPEN])
def test_what_is_open(part: Path, item: str, function: str, values: str) -> None:
    (found,) = returned(part, function)
    assert not found.closed, item
    assert set(values.split()) <= set(found.values), item


def test_out_parameters(part: Path) -> None:
    (found,) = returned(part, OUT)
    (left,) = found.left
    assert set(found.values) == {"0", "1"}
    assert left.parameter == "err"
    assert {"-ENOENT", "-EPROTONOSUPPORT"} <= {one.value for one in left.outcomes}


def test_weak_definitions_stand_beside_others(part: Path) -> None:
    weak, other = sorted(returned(part, "wakeup_loongson"), key=lambda found: len(found.values))
    assert (weak.closed, set(weak.values)) == (True, {"1"})
    assert {"0", "1"} <= set(other.values)
