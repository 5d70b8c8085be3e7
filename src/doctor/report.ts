import type { Config } from '../config.ts'
import type { Check, Verdict } from './check.ts'
import type { Facts } from './facts.ts'
import { shellFunctions } from './fixes.ts'

export type Finding = Verdict & Pick<Check, 'id' | 'why'>

/** What the process ends with; see docs/doctor.md. */
export const EXIT = { healthy: 0, problems: 1, couldNotCheck: 2 } as const
export type Exit = (typeof EXIT)[keyof typeof EXIT]

export function findings(checks: readonly Check[], facts: Facts): Finding[] {
  return checks.map((check) => ({ id: check.id, why: check.why, ...check.examine(facts) }))
}

/** A problem is certain, whatever else could not be looked at. */
export function exitOf(found: readonly Finding[]): Exit {
  if (found.some(({ status }) => status === 'problem')) return EXIT.problems
  return found.some(isUnchecked) ? EXIT.couldNotCheck : EXIT.healthy
}

function isUnchecked(finding: Finding): boolean {
  return finding.status === 'skipped' && finding.couldNotCheck === true
}

/** For people: a line for each check, and one more that says what to type. */
export function asText(found: readonly Finding[], config: Config): string {
  const lines = found.flatMap((finding) => {
    const isBad = finding.status === 'warning' || finding.status === 'problem'
    const reason = isBad ? ` (${finding.why})` : ''
    const line = `${finding.status.padEnd(8)} ${finding.id}: ${finding.found}${reason}`
    return 'fix' in finding ? [line, `         fix: ${finding.fix}`] : [line]
  })
  return [...lines, '', ...functionsFor(found, config), summary(found), ''].join('\n')
}

/** For machines. */
export function asJson(found: readonly Finding[], config: Config): string {
  const report = {
    exitStatus: exitOf(found),
    counts: counts(found),
    checks: found,
    shellFunctions: shellFunctions(config),
  }
  return `${JSON.stringify(report, undefined, 2)}\n`
}

function functionsFor(found: readonly Finding[], config: Config): string[] {
  const isCalled = found.some((finding) => 'fix' in finding && /change_/.test(finding.fix ?? ''))
  if (!isCalled) return []
  return [
    'Fixes call these, which keep all other settings (they need jq; paste them first):',
    ...shellFunctions(config).map((line) => `  ${line}`),
    '',
  ]
}

function summary(found: readonly Finding[]): string {
  const { ok, warning, problem, skipped, couldNotCheck } = counts(found)
  return `${ok} ok, ${warning} warnings, ${problem} problems, ${skipped} skipped (${couldNotCheck} could not be checked)`
}

function counts(found: readonly Finding[]): Record<Verdict['status'] | 'couldNotCheck', number> {
  const of = (status: Verdict['status']) =>
    found.filter((finding) => finding.status === status).length
  return {
    ok: of('ok'),
    warning: of('warning'),
    problem: of('problem'),
    skipped: of('skipped'),
    couldNotCheck: found.filter(isUnchecked).length,
  }
}
