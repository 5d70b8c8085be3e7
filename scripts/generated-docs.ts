import { fileOf, isSecret } from '../src/config.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { CHECKS } from '../src/doctor/checks.ts'
import { PROBLEMS } from '../src/http/problems.ts'
import { AUDIT_EVENTS, AUDIT_PAGE, AUDIT_TABLES } from './audit-page.ts'
import { DOCTOR_PAGE } from './doctor-page.ts'

/** Pages that are made from the code, by file name. `npm run docs` writes them, a test compares. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/configuration.md': page(
      'Configuration',
      'Every variable of the service, read once at start. A bad one stops the process with a line ' +
        'that names it. An empty variable counts as not set. Secrets may come from files, such as those ' +
        'that Docker and Kubernetes mount: set the variable named in brackets to the path instead.',
      ['Variable', 'Default', 'Meaning'],
      Object.entries(VARIABLES).map(([name, variable]) => [
        isSecret(variable) ? `\`${name}\` (\`${fileOf(name)}\`)` : `\`${name}\``,
        defaultOf(variable),
        variable.says,
      ]),
    ),
    'docs/errors.md': page(
      'Errors',
      'Every error is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, ' +
        '`detail`, `instance`, `code` and `requestId`; where they apply `errors`, `retryAfter` and ' +
        '`retry`. Decide by `code`; new ones may be added, so treat an unknown one by its status.',
      ['Status', 'Code', 'Title', 'What to do'],
      Object.entries(PROBLEMS)
        .toSorted(([, a], [, b]) => a.status - b.status)
        .map(([code, { status, title, detail }]) => [String(status), `\`${code}\``, title, detail]),
    ),
    'docs/audit.md':
      page('Audit', AUDIT_PAGE, ['Event', 'When'], AUDIT_EVENTS) +
      AUDIT_TABLES.map(section).join(''),
    'docs/doctor.md': page(
      'Doctor',
      DOCTOR_PAGE,
      ['Check', 'What must hold', 'Why', 'Else'],
      CHECKS.map(({ id, holds, why, worst }) => [`\`${id}\``, holds, why, worst]),
    ),
  }
}

function defaultOf(variable: { default?: string; parse: (text: undefined) => unknown }): string {
  if (variable.default !== undefined)
    return variable.default === '' ? 'none' : `\`${variable.default}\``
  try {
    variable.parse(undefined)
    return 'none'
  } catch {
    return '**required**'
  }
}

function page(title: string, intro: string, head: string[], rows: string[][]): string {
  const note = '<!-- Generated from the code by `npm run docs`. Do not edit. -->'
  return [note, '', `# ${title}`, '', intro, '', ...table(head, rows), ''].join('\n')
}

function section(of: { title: string; intro: string; head: string[]; rows: string[][] }): string {
  return ['', `## ${of.title}`, '', of.intro, '', ...table(of.head, of.rows), ''].join('\n')
}

function table(head: string[], rows: string[][]): string[] {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function line(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
