"""Epochs of webdataset or mosaicml-streaming with torchvision's transforms. Arguments: webdataset | mosaicml-streaming,
folder of tars or of MDS, side, batch size, workers, epochs. Or: write, folder of tars, folder of MDS to be made of them."""

import io
import json
import multiprocessing
import os
import sys
import tarfile
import time
from pathlib import Path

import torch
from PIL import Image
from torch.utils.data import DataLoader
from torchvision import transforms


def tars_in(folder: str) -> list[str]:
    return sorted(str(path) for path in Path(folder).glob("*.tar"))


def write_mds(tars: str, folder: str) -> None:
    from streaming import MDSWriter

    with MDSWriter(out=folder, columns={"jpg": "bytes", "txt": "str"}) as writer:
        for tar in tars_in(tars):
            with tarfile.open(tar) as archive:
                members = {member.name: archive.extractfile(member).read() for member in archive.getmembers()}
            for name in sorted(members):
                if name.endswith(".jpg"):
                    writer.write({"jpg": members[name], "txt": members[name[:-4] + ".txt"].decode()})


def transform_of(side: int) -> transforms.Compose:
    jitter = transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)
    return transforms.Compose([
        transforms.RandomResizedCrop(side, scale=(0.2, 1.0)),
        transforms.RandomHorizontalFlip(),
        transforms.RandomApply([jitter], p=0.8),
        transforms.RandomGrayscale(0.2),
        transforms.ToTensor(),
    ])


def webdataset_loader(folder: str, side: int, batch_size: int, workers: int) -> DataLoader:
    import webdataset

    transform = transform_of(side)
    tars = tars_in(folder)
    data = (
        webdataset.WebDataset(tars, shardshuffle=len(tars))
        .shuffle(1000)
        .decode("pil")
        .to_tuple("jpg", "txt")
        .map_tuple(transform, lambda text: text)
        .batched(batch_size, partial=False)
    )
    return DataLoader(data, batch_size=None, num_workers=workers, persistent_workers=True)


def mosaic_loader(folder: str, side: int, batch_size: int, workers: int) -> DataLoader:
    from streaming import StreamingDataset

    transform = transform_of(side)

    class Pictures(StreamingDataset):
        def __getitem__(self, index):
            row = super().__getitem__(index)
            return transform(Image.open(io.BytesIO(row["jpg"])).convert("RGB")), row["txt"]

    data = Pictures(local=folder, shuffle=True, shuffle_seed=1, batch_size=batch_size)
    return DataLoader(data, batch_size=batch_size, num_workers=workers, drop_last=True, persistent_workers=True)


def cpu_seconds() -> float:
    """Of this process and the loader's, which still run."""
    fields = [Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split() for child in multiprocessing.active_children()]
    ticks = sum(int(user) + int(system) for user, system in (stat[11:13] for stat in fields))
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def read_epoch(loader: DataLoader) -> int:
    return sum(len(images) for images, _ in loader)


if __name__ == "__main__":
    if sys.argv[1] == "write":
        write_mds(sys.argv[2], sys.argv[3])
        sys.exit()
    kind, location, side, batch_size, workers, epochs = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:7])
    torch.set_num_threads(1)
    make = {"webdataset": webdataset_loader, "mosaicml-streaming": mosaic_loader}[kind]
    loader = make(location, side, batch_size, workers)
    read_epoch(loader)
    started, cpu_before = time.perf_counter(), cpu_seconds()
    items = sum(read_epoch(loader) for _ in range(epochs))
    seconds, cpu = time.perf_counter() - started, cpu_seconds() - cpu_before
    figures = {"CPU ms a sample": f"{cpu * 1000 / items:.2f}"}
    print(json.dumps({"items": items, "seconds": seconds, "figures": figures}), flush=True)
    os._exit(0)
