"""Train a small transformer to continue sequences of numbers: causal attention, layer norms, learned positions.

Run it: `python examples/transformer.py`.
"""

import numpy as np

import miniml as ml
from miniml import Array, IntArray, Linear, Scalar, Static


def standard(x: Array) -> Array:
    """Normalize each position to mean 0 and standard deviation 1."""
    centred = x - np.mean(x, axis=-1, keepdims=True)
    normal: Array = centred / np.sqrt(np.var(x, axis=-1, keepdims=True) + 1e-5)
    return normal


@ml.model
class Attention:
    inward: Array  # (width, 3 * width): queries, keys and values
    outward: Array  # (width, width)
    heads: Static[int]

    def __call__(self, x: Array) -> Array:  # (batch, time, width)
        batch, time, width = x.shape
        parts = (x @ self.inward).reshape(batch, time, 3, self.heads, -1)
        query, key, value = np.moveaxis(parts, 2, 0)
        scores = np.einsum("bqhd,bkhd->bhqk", query, key) / np.sqrt(width / self.heads)
        past = np.tril(np.ones((time, time), dtype=bool))
        shares = ml.softmax(np.where(past, scores, -np.inf))
        mixed = np.einsum("bhqk,bkhd->bqhd", shares, value).reshape(batch, time, width)
        added: Array = mixed @ self.outward
        return added


@ml.model
class Block:
    attention: Attention
    up: Linear
    down: Linear

    def __call__(self, x: Array) -> Array:
        x = x + self.attention(standard(x))
        return x + self.down(ml.relu(self.up(standard(x))))


@ml.model
class Transformer:
    embedding: Array  # (words, width)
    positions: Array  # (time, width)
    blocks: tuple[Block, ...]

    def __call__(self, words: IntArray) -> Array:  # (batch, time) -> (batch, time, words)
        x: Array = self.embedding[words] + self.positions[: words.shape[1]]
        for block in self.blocks:
            x = block(x)
        scores: Array = standard(x) @ self.embedding.T
        return scores


def loss(model: Transformer, texts: IntArray) -> Scalar:
    """Return the mean cross entropy of each word given those before it."""
    return np.mean(ml.softmax_cross_entropy(model(texts[:, :-1]), texts[:, 1:]))


def draw(rng: np.random.Generator, words: int, time: int, width: int, depth: int) -> Transformer:
    """Draw the parameters."""

    def normal(*shape: int) -> Array:
        drawn: Array = rng.normal(size=shape) / np.sqrt(width)
        return drawn

    def block() -> Block:
        attention = Attention(normal(width, 3 * width), normal(width, width), heads=2)
        up, down = (Linear(normal(n, m), np.zeros(m)) for n, m in ((width, 64), (64, width)))
        return Block(attention, up, down)

    return Transformer(
        normal(words, width), normal(time, width), tuple(block() for _ in range(depth))
    )


def main() -> None:
    """Train on sequences that increase by 1, 2 or 3 modulo 10, and let the model continue some."""
    rng = np.random.default_rng(0)
    first, step = rng.integers(0, 10, (512, 1)), rng.integers(1, 4, (512, 1))
    texts = (first + step * np.arange(13)) % 10
    model = draw(rng, words=10, time=12, width=16, depth=2)
    run = ml.fit(loss, model, texts, ml.adam(0.01), steps=300, batch_size=64)
    print(f"loss of the first step {run.history.loss[0]:.2f}, of the last {run.state.loss:.2f}")

    for text in ([3, 4], [3, 5], [3, 6]):
        for _ in range(8):
            text.append(int(np.argmax(run.state.params(np.array([text]))[0, -1])))
        print(*text)


if __name__ == "__main__":
    main()
