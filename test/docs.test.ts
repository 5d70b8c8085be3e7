import { existsSync, readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { generatedDocs } from '../scripts/generated-docs.ts'
import { VARIABLES } from '../src/config-variables.ts'

t.test('the generated pages say what the code says (npm run docs)', async (t) => {
  for (const [file, text] of Object.entries(generatedDocs())) {
    t.equal(await readFile(file, 'utf8'), text, file)
  }
})

t.test('.env.example knows every variable and no other', async (t) => {
  const lines = (await readFile('.env.example', 'utf8')).split('\n')
  const names = lines.flatMap((line) => /^#? ?([A-Z][A-Z_]+)=/.exec(line)?.[1] ?? [])
  const known = new Set(names.filter((name) => !name.startsWith('AWS_') || name === 'AWS_REGION'))
  t.strictSame([...known].toSorted(), Object.keys(VARIABLES).toSorted())
})

const PAGES = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'local/README.md',
  ...markdownIn('docs'),
  ...markdownIn('docs/decisions'),
]

t.test('the README is short', async (t) => {
  t.ok((await readFile('README.md', 'utf8')).split('\n').length < 150, 'under 150 lines')
})

t.test('every link leads somewhere, to the heading it names', async (t) => {
  for (const page of PAGES) {
    const text = await readFile(page, 'utf8')
    for (const [, target = '', anchor] of text.matchAll(/\]\(([^)#\s]*)(?:#([^)\s]+))?\)/g)) {
      if (/^https?:/.test(target)) continue
      const file = target === '' ? page : join(dirname(page), target)
      t.ok(existsSync(file), `${page}: ${target}`)
      if (anchor === undefined || !file.endsWith('.md')) continue
      t.ok(anchorsOf(await readFile(file, 'utf8')).has(anchor), `${page}: ${target}#${anchor}`)
    }
  }
})

t.test('every test that a page names is there', async (t) => {
  let named = 0
  for (const page of PAGES) {
    for (const [path] of (await readFile(page, 'utf8')).matchAll(/\btest\/[\w/.-]+\.ts\b/g)) {
      named++
      t.ok(existsSync(path), `${page}: ${path}`)
    }
  }
  t.ok(named > 50)
})

t.test(
  'every requirement of the ASVS is met by what a test shows, or said not to be',
  async (t) => {
    const text = await readFile('docs/asvs.md', 'utf8')
    const rows = text.split('\n').filter((line) => /^\| \d+\.\d+\.\d+/.test(line))
    t.ok(rows.length > 25)
    for (const row of rows) {
      t.match(row, /test\/[\w/-]+\.test\.ts|\*\*Not met\*\*|There are none/, row.slice(0, 40))
    }
  },
)

function markdownIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name}`)
}

/** As GitHub makes them of headings. */
function anchorsOf(text: string): Set<string> {
  const headings = text.replaceAll(/^```[^]*?^```/gm, '').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(/\s/g, '-'),
    ),
  )
}
