import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { heapFlags } from '../../src/launcher/heap.ts'

const run = promisify(execFile)

t.test('the V8 that runs this knows every flag', async (t) => {
  // It says so itself of one that it does not know, and goes on.
  const setAll = `for (const flag of ${JSON.stringify(heapFlags(process.versions.v8))}) v8.setFlagsFromString(flag)`
  const { stderr } = await run(process.execPath, ['-e', setAll], { env: {} })
  t.equal(stderr, '')
  const { stderr: complaint } = await run(process.execPath, [
    '-e',
    'v8.setFlagsFromString("--no-such-flag=1")',
  ])
  t.match(complaint, /unrecognized flag --no-such-flag/)
})

t.test('an older V8 is not told what it does not know', async (t) => {
  t.same(heapFlags('11.3.244.8-node.38'), ['--heap-growing-percent=100'])
  t.same(heapFlags('13.6.233.17-node.50'), [
    '--heap-growing-percent=100',
    '--memory-reducer-gc-count=0',
  ])
})
