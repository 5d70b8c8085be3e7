import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** Every label with all the values it may ever have. */
export type Labels = Readonly<Record<string, readonly string[] | ReadonlySet<string>>>
type Values<Of extends Labels> = Readonly<Record<keyof Of & string, string>>

interface Description<Of extends Labels> {
  name: `bff_${string}`
  help: string
  labels: Of
}

/**
 * Makes metrics whose labels are closed sets: a value that was not foreseen counts as `other`, so that
 * nothing a client sends can become a label, or a million series.
 */
export interface MetricKit {
  /**
   * Every series of the values known by now is there from the start, as 0: a rate over one that
   * appears later misses its first.
   */
  counter<Of extends Labels>(of: Description<Of>): (values: Values<Of>, by?: number) => void
  histogram<Of extends Labels>(
    of: Description<Of> & { buckets: number[] },
  ): (values: Values<Of>, observed: number) => void
  /** @param read called whenever the metrics are; tells each series by `set` */
  gauge<Of extends Labels>(
    of: Description<Of>,
    read: (set: (values: Values<Of>, value: number) => void) => void,
  ): void
}

/** What counts instead of a value that was not foreseen. */
export const OTHER = 'other'

export function metricKit(registry: Registry): MetricKit {
  const registers = [registry]
  return {
    counter({ labels, ...rest }) {
      const counter = new Counter({ ...rest, registers, labelNames: Object.keys(labels) })
      for (const values of combinations(labels)) counter.inc(values, 0)
      const series = seriesOf(labels, (values) => counter.labels(values))
      return (values, by = 1) => series(values).inc(by)
    },
    histogram({ labels, ...rest }) {
      const histogram = new Histogram({ ...rest, registers, labelNames: Object.keys(labels) })
      const series = seriesOf(labels, (values) => histogram.labels(values))
      return (values, observed) => series(values).observe(observed)
    },
    gauge({ labels, ...rest }, read) {
      const series = seriesOf(labels, (values) => gauge.labels(values))
      const gauge = new Gauge({
        ...rest,
        registers,
        labelNames: Object.keys(labels),
        collect: () => read((values, value) => series(values).set(value)),
      })
      // What has no labels would be 0 before it is known.
      if (Object.keys(labels).length === 0) gauge.remove()
    },
  }
}

/**
 * Finds the series of some values, each made once: prom-client would sort and join the labels for every
 * single observation. As many as there are combinations of known values, and no more.
 */
function seriesOf<Of extends Labels, Series>(
  labels: Of,
  make: (values: Record<string, string>) => Series,
): (values: Values<Of>) => Series {
  const sets = Object.entries(labels).map(
    ([name, known]) => [name, known instanceof Set ? known : new Set(known)] as const,
  )
  const root: Branch<Series> = { by: new Map() }
  return (values) => {
    let branch = root
    for (const [name, known] of sets) {
      const value = closed(values[name], known)
      let next = branch.by.get(value)
      if (next === undefined) branch.by.set(value, (next = { by: new Map() }))
      branch = next
    }
    return (branch.series ??= make(
      Object.fromEntries(sets.map(([name, known]) => [name, closed(values[name], known)])),
    ))
  }
}

/** Label by label: to join their values to one key would take longer than to count. */
interface Branch<Series> {
  by: Map<string, Branch<Series>>
  series?: Series
}

function closed(value: string | undefined, known: ReadonlySet<string>): string {
  return value !== undefined && known.has(value) ? value : OTHER
}

function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      all.flatMap((one) => [...values].map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}
