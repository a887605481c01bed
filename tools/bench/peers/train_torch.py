"""BriVL with cross-modal MoCo in PyTorch, written for the comparison after the released model's description: one JSON argument.

`savings` computes frozen layers once for query and key and pads texts to the longest of the batch; without it the released ways are
kept: frozen layers twice and in training mode, texts padded to `tokens`, every image region convolved before the mean. `channels_last`
and the two threads are PyTorch's fast settings on a CPU, `bfloat16` is its autocast, `compile` compiles the picture tower, the part that
gains by it. Inputs are random and lie in memory: decoding is no part of this side.
"""
import copy, json, sys, time
import torch
import torch.nn.functional as F
import timm
from torch import nn
from transformers import BertConfig, BertModel

c = json.loads(sys.argv[1])
torch.manual_seed(1)
torch.set_num_threads(2)
layout = torch.channels_last if c["channels_last"] else torch.contiguous_format


def attention(width):
    layer = nn.TransformerEncoderLayer(width, c["heads"], c["feed_forward"], 0.1 if c["dropout"] else 0.0, batch_first=True)
    return nn.TransformerEncoder(layer, c["attention_layers"], enable_nested_tensor=False)


class Head(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.attention = attention(width)
        self.fc = nn.Sequential(nn.Linear(width, c["dim"]), nn.ReLU(), nn.Linear(c["dim"], c["dim"]))

    def forward(self, tokens, mask=None):
        padding = None if mask is None else mask == 0
        out = self.attention(F.normalize(tokens, dim=-1), src_key_padding_mask=padding)
        mean = out.mean(1) if mask is None else (out * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        return F.normalize(self.fc(mean), dim=-1)


class ImageTower(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = timm.create_model(c["backbone"], pretrained=False)
        self.stem = [self.net.conv_stem, self.net.bn1, *self.net.blocks[: c["frozen_blocks"]]] if c["frozen_blocks"] else []
        self.frozen = [*self.stem, self.net.conv_head, self.net.bn2] if self.stem else []
        for part in self.frozen:
            part.requires_grad_(False)
        width = self.net.num_features
        self.point = nn.Conv2d(width, width, 1)
        self.head = Head(width)

    def trunk(self, pixels):
        return self.net.blocks[: c["frozen_blocks"]](self.net.bn1(self.net.conv_stem(pixels)))

    def forward(self, x):
        net = self.net
        x = net.bn2(net.conv_head(net.blocks[c["frozen_blocks"] :](x)))
        return self.head(self.regions(x))

    def regions(self, x):
        batch, width = x.shape[:2]
        grid, samples = c["grid"], c["samples"]
        steps = (torch.arange(samples) + 0.5) / samples
        cells = [(i / grid, j / grid, 1 / grid) for i in range(grid) for j in range(grid)] + [(0.0, 0.0, 1.0)]
        points = [torch.stack(torch.meshgrid(t + s * steps, l + s * steps, indexing="ij")[::-1], -1) for t, l, s in cells]
        places = torch.stack(points).view(1, -1, samples, 2).expand(batch, -1, -1, -1) * 2 - 1
        sampled = F.grid_sample(x.contiguous(), places, align_corners=False)
        regions = sampled.view(batch, width, len(cells), samples * samples)
        if c["savings"]:
            return F.conv2d(regions.mean(3, keepdim=True), self.point.weight, self.point.bias).flatten(2).transpose(1, 2)
        return self.point(regions).mean(3).transpose(1, 2)


class TextTower(nn.Module):
    def __init__(self):
        super().__init__()
        config = BertConfig(vocab_size=21128, hidden_size=c["hidden"], num_hidden_layers=c["bert_layers"],
                            num_attention_heads=c["bert_heads"], intermediate_size=c["intermediate"],
                            hidden_dropout_prob=0.1 if c["dropout"] else 0.0, attention_probs_dropout_prob=0.1 if c["dropout"] else 0.0)
        self.bert = BertModel(config, add_pooling_layer=False)
        self.head = Head(c["hidden"])
        self.frozen = [self.bert.embeddings, *self.bert.encoder.layer[: c["frozen_bert"]]] if c["frozen_bert"] else []
        for part in self.frozen:
            part.requires_grad_(False)

    def trunk(self, ids):
        hidden = self.bert.embeddings(ids)
        for layer in self.bert.encoder.layer[: c["frozen_bert"]]:
            hidden = first(layer(hidden))
        return hidden

    def forward(self, hidden, mask):
        for layer in self.bert.encoder.layer[c["frozen_bert"] :]:
            hidden = first(layer(hidden))
        return self.head(hidden, mask)


def first(output):
    return output[0] if isinstance(output, tuple) else output


image, text = ImageTower().to(memory_format=layout), TextTower()
image_key, text_key = copy.deepcopy(image), copy.deepcopy(text)
trained = [p for tower in (image, text) for p in tower.parameters() if p.requires_grad]
trained_keys = [k for tower, key in ((image, image_key), (text, text_key)) for p, k in zip(tower.parameters(), key.parameters()) if p.requires_grad]
for key in (image_key, text_key):
    key.requires_grad_(False)
optimizer = torch.optim.AdamW(trained, lr=1e-5, fused=True)
queues = [F.normalize(torch.randn(c["dim"], c["queue"]), dim=0) for _ in range(2)]
pointer, batch = 0, c["batch"]
lengths = torch.tensor(c["lengths"])


def losses(pixels, ids, mask):
    with torch.no_grad():
        frozen_image = image.trunk(pixels) if c["frozen_blocks"] else None
        frozen_text = text.trunk(ids) if c["frozen_bert"] else None
        share = c["savings"]
        image_trunk = frozen_image if share and frozen_image is not None else image_key.trunk(pixels)
        text_trunk = frozen_text if share and frozen_text is not None else text_key.trunk(ids)
        keys = image_key(image_trunk), text_key(text_trunk, mask)
    queries = (
        image(frozen_image if frozen_image is not None else image.trunk(pixels)),
        text(frozen_text if frozen_text is not None else text.trunk(ids), mask),
    )
    loss = 0
    for query, key, queue in ((queries[0], keys[1], queues[1]), (queries[1], keys[0], queues[0])):
        logits = torch.cat([(query * key).sum(1, keepdim=True), query @ queue], 1) / 0.07
        loss = loss + F.cross_entropy(logits, torch.zeros(batch, dtype=torch.long))
    return loss, keys


def step(index):
    global pointer
    pixels = torch.rand(batch, 3, c["side"], c["side"]).contiguous(memory_format=layout)
    own = lengths[(torch.arange(batch) + index * batch) % len(lengths)].clamp(max=c["tokens"])
    tokens = int(own.max()) if c["savings"] else c["tokens"]
    mask = (torch.arange(tokens)[None] < own[:, None]).float()
    ids = torch.randint(100, 21128, (batch, tokens)) * mask.long()
    with torch.no_grad():
        torch._foreach_mul_(trained_keys, 0.99)
        torch._foreach_add_(trained_keys, [p.detach() for p in trained], alpha=0.01)
    with torch.autocast("cpu", torch.bfloat16, enabled=c["bfloat16"]):
        loss, keys = losses(pixels, ids, mask)
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for key, queue in zip(keys, queues):
            queue[:, pointer : pointer + batch] = key.T.float()
    pointer = (pointer + batch) % c["queue"]
    return loss.item()


for tower in (image, text, image_key, text_key):
    tower.train()
    for part in tower.frozen if c["savings"] else []:
        part.eval()
if c["compile"]:
    image.compile()
    image_key.compile()
for index in range(c["warmup"]):
    step(index)
started = time.perf_counter()
for index in range(c["warmup"], c["steps"]):
    loss = step(index)
seconds = time.perf_counter() - started
print(json.dumps({"items": (c["steps"] - c["warmup"]) * batch, "seconds": seconds}))
