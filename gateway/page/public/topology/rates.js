// How much passes over each edge now: what was counted between two answers, a second.

/** In the order of the edges; null where nothing is counted, or there is nothing to compare with. */
export function ratesBetween(former, topology) {
  const seconds = former === null ? 0 : (Date.parse(topology.at) - Date.parse(former.at)) / 1000;
  return topology.edges.map(({ records }, index) => {
    const before = former?.edges[index]?.records ?? null;
    if (records === null || before === null || seconds <= 0) return null;
    // After a restart of the server it counts from nought.
    return Math.max(0, records - before) / seconds;
  });
}
