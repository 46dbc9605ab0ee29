/**
 * The Actions that a Temporal server has counted so far in this namespace, by its own metric.
 * @param metricsPort of the server's `/metrics`
 */
export async function actionsOf(metricsPort: number, namespace: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${metricsPort}/metrics`);
  return actionsIn(await response.text(), namespace);
}

/** @param exposition in the text format of Prometheus */
export function actionsIn(exposition: string, namespace: string): number {
  let actions = 0;
  for (const [, labels = "", value] of exposition.matchAll(/^action\{(.*)\} (\S+)$/gm)) {
    if (labels.includes(`namespace="${namespace}"`)) actions += Number(value);
  }
  return actions;
}
