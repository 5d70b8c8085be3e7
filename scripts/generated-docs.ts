import { VARIABLES } from '../src/config-variables.ts'
import { PROBLEMS } from '../src/http/problems.ts'

/** Pages that are made from the code, by file name. `npm run docs` writes them, a test compares. */
export function generatedDocs(): Record<string, string> {
  return {
    'docs/configuration.md': page(
      'Configuration',
      'Every variable of the service, read once at start. A bad one stops the process with a line ' +
        'that names it. An empty variable counts as not set.',
      ['Variable', 'Default', 'Meaning'],
      Object.entries(VARIABLES).map(([name, variable]) => [
        `\`${name}\``,
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
  return [
    '<!-- Generated from the code by `npm run docs`. Do not edit. -->',
    '',
    `# ${title}`,
    '',
    intro,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
  ].join('\n')
}

function line(cells: string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}
