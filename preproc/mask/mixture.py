"""Colours of an object and its background as mixtures of Gaussians, and what a cut by them costs."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..arrays import Image, Mask

__all__ = ["Mixture", "cost", "settled", "split"]

Mixture = NDArray[np.float64]
"""OpenCV's form, `(1, 65)`: five weights, then five means, then five covariances."""

COMPONENTS = 5
ROUNDS = 10  # of k-means; later ones hardly move the clusters
LENGTH_WEIGHT = 50.0  # GrabCut's gamma: what a step of edge costs between like colours
LEAST = 1e-300  # a density that has no logarithm


def split(colors: NDArray[np.uint8]) -> Mixture:
    """Cut the cluster that spreads most in two across its widest direction, until there are five."""
    clusters = [colors.astype(np.float64)]
    while len(clusters) < COMPONENTS:
        spreads = [np.linalg.eigh(_covariance(cluster) * len(cluster)) for cluster in clusters]
        widest = int(np.argmax([spread.eigenvalues[-1] for spread in spreads]))
        if spreads[widest].eigenvalues[-1] < 1e-6:  # as many clusters as colours
            break
        cluster = clusters.pop(widest)
        along = (cluster - cluster.mean(axis=0)) @ spreads[widest].eigenvectors[:, -1]
        clusters += [cluster[along > 0], cluster[along <= 0]]
    return _of_clusters(clusters)


def settled(colors: NDArray[np.uint8], mixture: Mixture) -> Mixture:
    """Let every colour join the nearest mean, and the means follow, ten times: k-means from where the mixture begins."""
    weights, means, _ = _parts(mixture)
    means = means[weights > 0].astype(np.float32)
    plain = colors.astype(np.float32)
    nearest = np.zeros(len(plain), np.intp)
    for _ in range(ROUNDS):
        # the colours' own squares are the same for every mean
        nearest = (np.square(means).sum(axis=1) - 2 * (plain @ means.T)).argmin(axis=1)
        for number in range(len(means)):
            chosen = nearest == number
            if chosen.any():
                means[number] = plain[chosen].mean(axis=0)
    clusters = [plain[nearest == number].astype(np.float64) for number in range(len(means))]
    return _of_clusters([cluster for cluster in clusters if len(cluster)])


def cost(image: Image, labels: Mask, background: Mixture, foreground: Mixture) -> float:
    """Return GrabCut's energy of a cut: how unlikely its colours are on either side, and how long its edge is.

    `labels` are GrabCut's: odd ones are the object, those below 2 are certain and cost nothing by their colour.
    """
    chosen, free = (labels & 1).astype(np.bool_), labels >= 2
    unlikely = 0.0
    for mixture, side in ((background, free & ~chosen), (foreground, free & chosen)):
        unlikely -= float(np.log(np.maximum(_density(image[side].astype(np.float64), mixture), LEAST)).sum())
    height, width = labels.shape
    colours = image.astype(np.float32)
    steps: list[tuple[NDArray[np.float32], NDArray[np.bool_], float]] = []
    for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
        first = np.s_[: height - down, max(0, -right) : width - max(0, right)]
        second = np.s_[down:, max(0, right) : width - max(0, -right)]
        apart = np.square(colours[first] - colours[second]).sum(axis=2)
        steps.append((apart, chosen[first] != chosen[second], math.hypot(down, right)))
    mean = sum(float(apart.sum(dtype=np.float64)) for apart, *_ in steps) / max(
        1, sum(apart.size for apart, *_ in steps)
    )
    beta = 0.5 / mean if mean else 0.0
    edge = sum(float(np.exp(-beta * apart[crossed]).sum()) / far for apart, crossed, far in steps)
    return unlikely + LENGTH_WEIGHT * edge


def _density(colours: NDArray[np.float64], mixture: Mixture) -> NDArray[np.float64]:
    total = np.zeros(len(colours))
    for weight, mean, covariance in zip(*_parts(mixture), strict=True):
        size = float(np.linalg.det(covariance)) if weight > 0 else 0.0
        if size <= 0:
            continue
        off = colours - mean
        total += weight / math.sqrt(size) * np.exp(-0.5 * ((off @ np.linalg.inv(covariance)) * off).sum(axis=1))
    return total


def _parts(mixture: Mixture) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    weights, means, covariances = np.split(mixture.ravel(), [COMPONENTS, 4 * COMPONENTS])
    return weights, means.reshape(COMPONENTS, 3), covariances.reshape(COMPONENTS, 3, 3)


def _of_clusters(clusters: list[NDArray[np.float64]]) -> Mixture:
    total = sum(map(len, clusters))
    model = np.zeros(13 * COMPONENTS)
    for number, cluster in enumerate(clusters):
        model[number] = len(cluster) / total
        model[COMPONENTS + 3 * number :][:3] = cluster.mean(axis=0)
        model[4 * COMPONENTS + 9 * number :][:9] = (_covariance(cluster) + 0.01 * np.eye(3)).reshape(-1)
    return model[np.newaxis]


def _covariance(cluster: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = cluster - cluster.mean(axis=0)
    covariance: NDArray[np.float64] = centred.T @ centred / len(cluster)
    return covariance
