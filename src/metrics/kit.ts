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
      const closed = closer(labels)
      return (values, by = 1) => counter.inc(closed(values), by)
    },
    histogram({ labels, ...rest }) {
      const histogram = new Histogram({ ...rest, registers, labelNames: Object.keys(labels) })
      const closed = closer(labels)
      return (values, observed) => histogram.observe(closed(values), observed)
    },
    gauge({ labels, ...rest }, read) {
      const closed = closer(labels)
      const gauge = new Gauge({
        ...rest,
        registers,
        labelNames: Object.keys(labels),
        collect: () => read((values, value) => gauge.set(closed(values), value)),
      })
      // What has no labels would be 0 before it is known.
      if (Object.keys(labels).length === 0) gauge.remove()
    },
  }
}

function closer<Of extends Labels>(labels: Of): (values: Values<Of>) => Record<string, string> {
  const sets = Object.entries(labels).map(
    ([name, known]) => [name, known instanceof Set ? known : new Set(known)] as const,
  )
  return (values) => {
    const closed: Record<string, string> = {}
    for (const [name, known] of sets) {
      const value = values[name] ?? OTHER
      closed[name] = known.has(value) ? value : OTHER
    }
    return closed
  }
}

function combinations(labels: Labels): Record<string, string>[] {
  return Object.entries(labels).reduce<Record<string, string>[]>(
    (all, [name, values]) =>
      all.flatMap((one) => [...values].map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
}
