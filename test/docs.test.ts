import { existsSync } from 'node:fs'
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

t.test('the README is short and its links lead somewhere', async (t) => {
  const pages = [
    'README.md',
    'docs/architecture.md',
    'docs/deployment.md',
    'docs/flows.md',
    'local/README.md',
    'SECURITY.md',
    'CONTRIBUTING.md',
  ]
  for (const page of pages) {
    const text = await readFile(page, 'utf8')
    if (page === 'README.md') t.ok(text.split('\n').length < 150, 'under 150 lines')
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!target.startsWith('http'))
        t.ok(existsSync(join(dirname(page), target)), `${page}: ${target}`)
    }
  }
})
