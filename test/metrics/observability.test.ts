import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import * as labels from '../../src/metrics/labels.ts'
import { serviceMetrics } from '../../src/metrics/service-metrics.ts'

const metrics = serviceMetrics()
metrics.watchProcess()
const { registry } = metrics
t.teardown(() => registry.clear())

interface Metric {
  name: string
  type: string
  labelNames?: string[]
}
const METRICS = new Map(
  registry.getMetricsAsArray().map((metric) => [metric.name, metric as unknown as Metric]),
)
/** What Prometheus itself adds. */
const TARGET = ['job', 'instance']
const VALUES: Record<string, readonly string[]> = {
  flow: labels.FLOWS,
  step: labels.STEPS,
  code: labels.CODES,
  status: labels.STATUS_CLASSES,
  outcome: [...labels.CALL_OUTCOMES, ...labels.OUTCOMES],
  state: labels.BREAKER_STATES,
  service: labels.SERVICES,
  rule: labels.LIMIT_RULES,
  finding: labels.FINDING_NAMES,
  priority: labels.PRIORITIES,
}

/** What is wrong with an expression: names, labels and values that the service does not have. */
function problemsOf(expr: string): string[] {
  const problems: string[] = []
  const known = new Set(TARGET)
  for (const [, name = '', selector = ''] of expr.matchAll(/\b(bff_\w+)(?:\{([^}]*)\})?/g)) {
    const metric = METRICS.get(name) ?? METRICS.get(name.replace(/_(bucket|sum|count)$/, ''))
    if (metric === undefined || (metric.name !== name && metric.type !== 'histogram')) {
      problems.push(`no metric ${name}`)
      continue
    }
    const own = [
      ...(metric.labelNames ?? []),
      ...TARGET,
      ...(name.endsWith('_bucket') ? ['le'] : []),
    ]
    for (const label of own) known.add(label)
    for (const [, label = '', values = ''] of selector.matchAll(
      /(\w+)\s*(?:=~|!~|!=|=)\s*"([^"]*)"/g,
    )) {
      if (!own.includes(label)) problems.push(`${name} has no label ${label}`)
      if (!own.includes(label) || TARGET.includes(label)) continue
      for (const value of values.split('|')) {
        if (!VALUES[label]?.includes(value)) problems.push(`${label} is never ${value}`)
      }
    }
  }
  for (const [, by = ''] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
    for (const label of by.split(',').map((each) => each.trim())) {
      if (!known.has(label)) problems.push(`nothing has ${label} to group by`)
    }
  }
  if (!/\bbff_/.test(expr)) problems.push('no metric at all')
  return problems
}

/** Enough YAML for our own file: `- alert:` begins a rule, and each value is on one line. */
function alerts(text: string): Record<string, string>[] {
  const [, ...rules] = text.split(/^ {6}- (?=alert:)/m)
  return rules.map((rule) =>
    Object.fromEntries(
      [...rule.matchAll(/^ *(\w+): *(?:'(.*)'|(\S+))$/gm)].map(([, key, quoted, plain]) => [
        key,
        quoted ?? plain,
      ]),
    ),
  )
}

t.test(
  'every alert asks for what the service has, and says what it means and what to do',
  async (t) => {
    const text = await readFile('observability/alerts.yaml', 'utf8')
    const rules = alerts(text)
    t.equal(rules.length, text.match(/alert:/g)?.length)
    t.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length, 'names differ')
    const guide = 'docs/operations.md'
    // Where it is written, each runbook is a heading of it.
    const headings = existsSync(guide) ? await readFile(guide, 'utf8') : undefined
    const titles = [...(headings ?? '').matchAll(/^#+ (.+)$/gm)]
    const anchors = new Set(titles.map(([, heading = '']) => slug(heading)))
    for (const { alert = '', expr = '', severity, summary, runbook = '', ...rest } of rules) {
      t.match(alert, /^Bff[A-Z]\w+$/)
      t.strictSame(problemsOf(expr), [], alert)
      t.match(expr, / (>|<|==) [\d.]+$/, `${alert} compares with something`)
      t.match(rest['for'], /^\d+m$/, alert)
      t.match(severity, /^(page|ticket)$/, alert)
      t.match(summary, /\.$/, alert)
      t.match(runbook, /^docs\/operations\.md#[a-z0-9-]+$/, alert)
      if (headings !== undefined) t.ok(anchors.has(runbook.split('#')[1] ?? ''), runbook)
    }
  },
)

t.test('every panel of the dashboard asks for what the service has', async (t) => {
  const dashboard = JSON.parse(await readFile('observability/grafana-dashboard.json', 'utf8')) as {
    templating: { list: { name: string; type: string }[] }
    panels: {
      id: number
      type: string
      title: string
      targets?: { expr: string; datasource: object }[]
    }[]
  }
  t.match(dashboard.templating.list, [{ name: 'datasource', type: 'datasource' }, { name: 'job' }])
  const ids = dashboard.panels.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
  let expressions = 0
  for (const { title, targets = [] } of dashboard.panels) {
    for (const { expr, datasource } of targets) {
      expressions++
      t.match(datasource, { uid: '${datasource}' }, title)
      t.strictSame(problemsOf(expr.replaceAll('job=~"$job"', 'job="x"')), [], title)
    }
  }
  t.ok(expressions > 20)
})

t.test('every metric of ours is watched by an alert or a panel', async (t) => {
  const watched =
    (await readFile('observability/alerts.yaml', 'utf8')) +
    (await readFile('observability/grafana-dashboard.json', 'utf8'))
  for (const name of METRICS.keys()) {
    if (/^bff_(nodejs|process)_/.test(name)) continue
    t.match(watched, new RegExp(`${name}(_bucket|_count)?\\b`), name)
  }
})

t.test('the check sees a wrong name, label, value and grouping', (t) => {
  for (const expr of [
    'rate(bff_requests_total[5m]) > 0',
    'bff_limited_total_bucket > 0',
    'rate(bff_limited_total{user="x"}[5m]) > 0',
    'rate(bff_limited_total{rule="everything"}[5m]) > 0',
    'sum by (user) (rate(bff_limited_total[5m])) > 0',
    'up == 0',
  ]) {
    t.equal(problemsOf(expr).length, 1, expr)
  }
  t.end()
})

/** As GitHub makes anchors of headings. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-')
}
