"""What the tables say is large is hoisted, and what they do not say is left alone. No library is needed for that."""

from __future__ import annotations

import pytest

from putfix import fix_source

PROGRAM = """
import ray
import cv2, jax, keras, numpy as np, polars as pl, pyarrow as pa, pyarrow.parquet as pq, scanpy as sc, tensorflow as tf
import jax.numpy as jnp, networkx as nx, pandas as pd, torchvision, xarray as xr
from PIL import Image
from sklearn.datasets import load_digits, load_iris, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from transformers import AutoConfig, AutoModel, AutoTokenizer

@ray.remote
def f(x, i):
    return i

ray.init()
{made}
print(ray.get([f.remote(x, i) for i in range(10)]))
"""

LARGE = [
    "x = pd.concat([pd.read_csv(name) for name in ('a', 'b')])",
    "frames = []\nfor name in ('a', 'b'):\n    frames.append(pd.read_csv(name))\nx = pd.concat(frames)",
    "x, y = make_classification(n_samples=10_000)",
    "x, y, u, v = train_test_split(pd.read_csv('a'), [1, 2])",
    "x = RandomForestClassifier().fit(np.ones((9, 2)), [1] * 9)",
    "x = RandomForestClassifier()\nx.fit(np.ones((9, 2)), [1] * 9)",
    "x = StandardScaler().fit_transform(pd.read_csv('a'))",
    "(x, y), (u, v) = keras.datasets.mnist.load_data()",
    "x = pl.read_parquet('a')",
    "x = pl.read_csv('a').filter(pl.col('a') > 3).with_columns(b=1)\nprint(x.describe())",
    "x = pl.read_parquet('a').to_pandas()",
    "x = pq.read_table('a')\nprint(x.num_rows)",
    "x = pq.read_table('a').to_pandas()",
    "x = pq.read_table('a').slice(0, 10)",
    "x = Image.open('a.png').convert('RGB')\nprint(x.size)",
    "x = cv2.imread('a.png')\ncv2.imwrite('b.png', x)",
    "x = keras.models.load_model('a')\nx.summary()",
    "x = tf.keras.models.load_model('a').get_weights()",
    "x = tf.keras.applications.ResNet50(weights='imagenet')",
    "x = tf.random.normal((1000, 100))",
    "x = tf.zeros([1000, 100])",
    "x = tf.eye(500)",
    "x = jnp.ones((1000, 100))\nprint(x.mean())",
    "x = jax.random.normal(jax.random.PRNGKey(0), (1000, 100))",
    "x = jnp.arange(100_000)",
    "x = load_digits()",
    "x = AutoModel.from_pretrained('gpt2')\nx.eval()",
    "x = AutoModel.from_pretrained('gpt2').state_dict()",
    "x = AutoTokenizer.from_pretrained('gpt2')\nprint(x.pad_token_id)",
    "x = nx.read_edgelist('a')\nprint(x.number_of_nodes(), nx.density(x))",
    "x = nx.from_pandas_edgelist(pd.read_csv('a'), 'u', 'v')",
    "x = xr.load_dataset('a').fillna(0)",
    "x = sc.read_10x_mtx('a')\nsc.pp.normalize_total(x)",
    "x = sc.read_h5ad('a')[:, 'gene']",
    "x = torchvision.models.resnet18(weights='DEFAULT')",
]
UNKNOWN = [
    "x, y = make_classification(100, 20)",
    "y, x = make_classification(10_000, 20)",
    "x = RandomForestClassifier(n_estimators=3).fit(np.ones((9, 2)), [1] * 9)",
    "x = StandardScaler().fit_transform(unknown)",
    "y, x = keras.datasets.mnist.load_data()[0]",
    "x = pl.scan_parquet('a')",
    "x = pl.read_csv('a', n_rows=3)",
    "x = pl.read_excel('a', sheet_id=0)",
    "x = pl.DataFrame({'a': [1]})",
    "x = tf.zeros([10, 10])",
    "x = tf.Variable([1.0])",
    "x = keras.Sequential([])",
    "x = jnp.ones((1000, 100), jnp.int8)",
    "x = jnp.array([1, 2])",
    "x = jax.random.PRNGKey(0)",
    "x = load_iris()",
    "x = load_digits(return_X_y=True)",
    "x = RandomForestClassifier()",
    "x = AutoConfig.from_pretrained('gpt2')",
    "x = AutoModel.from_pretrained('gpt2', output_loading_info=True)",
    "x = nx.karate_club_graph()",
    "x = nx.gnp_random_graph(100, 0.1)",
    "x = nx.read_edgelist('a', create_using=nx.DiGraph)",
    "x = xr.open_dataset('a')",
    "x = Image.new('RGB', (1, 1))",
    "x = sc.read_h5ad('a', backed='r')",
]


@pytest.mark.parametrize("made", LARGE)
def test_what_is_normally_large_is_hoisted(made: str) -> None:
    assert "x_ref = ray.put(x)" in fix_source(PROGRAM.format(made=made), "a.py").new_source


@pytest.mark.parametrize("made", UNKNOWN)
def test_what_may_be_small_is_left(made: str) -> None:
    assert not fix_source(PROGRAM.format(made=made), "a.py").changed
