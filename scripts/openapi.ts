/** Writes the OpenAPI documents from the routes, or with --check fails when they have drifted. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { openApiDocument } from './openapi-document.ts'

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const files = { '3.1.0': 'openapi/openapi.json', '3.0.3': 'openapi/openapi.3.0.json' } as const

for (const version of ['3.1.0', '3.0.3'] as const) {
  const file = files[version]
  const wanted = await openApiDocument(version)
  if (!values.check) {
    await writeFile(file, wanted)
  } else if ((await readFile(file, 'utf8').catch(() => '')) !== wanted) {
    console.error(`${file} is not what the routes say: run npm run openapi`)
    process.exitCode = 1
  }
}
