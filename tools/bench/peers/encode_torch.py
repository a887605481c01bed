"""The towers of BriVL in PyTorch, timm and transformers, for inference: folder, `image`, `text` or `captions`, rows, batches, tokens, JSON of choices.

The weights and inputs are those that our side wrote into the folder, and its features must be ours within 1e-4. The fast settings:
inference mode, two threads, channels-last for convolutions, regions averaged before their convolution; `compile` is `torch.compile`.
`captions` are strings, padded to the longest of `rows` of them; with `sort` those of like length go together, as sentence-transformers does.
"""
import json, sys, time
from pathlib import Path
import numpy as np
import timm
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from torch import nn
from transformers import BertConfig, BertModel, BertTokenizerFast

folder, kind, *sizes, choices = sys.argv[1:]
folder, choices = Path(folder), json.loads(choices)
rows, batches, tokens = map(int, sizes)
TOLERANCE = 1e-4
torch.set_num_threads(2)


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        layer = nn.TransformerEncoderLayer(width, 4, 2048, batch_first=True)
        self.attention = nn.TransformerEncoder(layer, 4, enable_nested_tensor=False)
        self.fc1, self.fc2 = nn.Linear(width, 2048), nn.Linear(2048, 2048)

    def forward(self, x, mask=None):
        out = self.attention(F.normalize(x, dim=-1), src_key_padding_mask=None if mask is None else mask == 0)
        mean = out.mean(1) if mask is None else (out * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return F.normalize(self.fc2(F.relu(self.fc1(mean))), dim=-1)


class ImageTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.backbone = timm.create_model("tf_efficientnet_b5", pretrained=False, num_classes=0)
        self.point, self.head = nn.Conv2d(2048, 2048, 1), Head(2048)
        steps = (torch.arange(4) + 0.5) / 4
        cells = [(i / 6, j / 6, 1 / 6) for i in range(6) for j in range(6)] + [(0.0, 0.0, 1.0)]
        points = [torch.stack(torch.meshgrid(t + s * steps, l + s * steps, indexing="ij")[::-1], -1) for t, l, s in cells]
        self.register_buffer("places", torch.stack(points).view(1, -1, 4, 2) * 2 - 1, persistent=False)
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1), persistent=False)

    def forward(self, pixels):
        x = (pixels - self.mean) / self.deviation
        net = self.backbone
        x = net.bn2(net.conv_head(net.blocks(net.bn1(net.conv_stem(x)))))
        sampled = F.grid_sample(x.contiguous(), self.places.expand(len(x), -1, -1, -1), align_corners=False)
        regions = sampled.view(len(x), 2048, 37, 16).mean(3, keepdim=True)
        return self.head(self.point(regions).flatten(2).transpose(1, 2))


class TextTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = BertModel(BertConfig(vocab_size=21128), add_pooling_layer=False)
        self.head = Head(768)

    def forward(self, ids, mask):
        return self.head(self.bert(ids, attention_mask=mask).last_hidden_state, mask)


RENAMED = {
    "backbone.bert.": "bert.",
    "learnable.imgFC.": "head.",
    "learnable.textFC.": "head.",
    "learnable.imgAtt.": "head.attention.",
    "learnable.textAtt.": "head.attention.",
    "learnable.max_pool.0.": "point.",
}


def renamed(name):
    return next((new + name.removeprefix(old) for old, new in RENAMED.items() if name.startswith(old)), name)


def read(index, dtype, shape):
    return torch.from_numpy(np.fromfile(folder / f"{kind}-{index}", dtype).reshape(shape))


tower = (ImageTower if kind == "image" else TextTower)().eval()
stored = "image" if kind == "image" else "text"
weights = {renamed(name): value for name, value in load_file(folder / f"{stored}.safetensors").items()}
missing = [name for name in tower.load_state_dict(weights, strict=False).missing_keys if not name.endswith("num_batches_tracked")]
assert not missing, missing
if kind == "image":
    tower = tower.to(memory_format=torch.channels_last)
    inputs = [read(0, np.float32, (rows, 380, 380, 3)).permute(0, 3, 1, 2)]  # channels-last already
elif kind == "text":
    inputs = [read(0, np.int32, (rows, tokens)).long(), read(1, np.float32, (rows, tokens))]
else:
    captions = json.loads((folder / "captions.json").read_text())
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
if choices["compile"]:
    tower.compile()


def encode_captions():
    features = torch.empty(len(captions), 2048)
    order = sorted(range(len(captions)), key=lambda row: -len(captions[row])) if choices["sort"] else range(len(captions))
    for start in range(0, len(captions), rows):
        part = order[start : start + rows]
        batch = tokenizer([captions[row] for row in part], padding="longest", truncation=True, max_length=tokens, return_tensors="pt")
        features[list(part)] = tower(batch["input_ids"], batch["attention_mask"].float())
    return features.numpy()


run = encode_captions if kind == "captions" else lambda: tower(*inputs).numpy()
with torch.inference_mode():
    features = run()
    ours = np.fromfile(folder / f"{kind}-features", np.float32).reshape(features.shape)
    difference = float(np.abs(features - ours).max())
    assert difference < TOLERANCE, f"features differ by {difference}"
    if kind != "captions":
        run()
    started = time.perf_counter()
    for _ in range(batches):
        run()
    seconds = time.perf_counter() - started
items = len(captions) if kind == "captions" else rows * batches
print(json.dumps({"items": items, "seconds": seconds, "figures": {"largest difference of a feature": f"{difference:.1e}"}}))
