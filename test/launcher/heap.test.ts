import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'
import { heapFlags } from '../../src/launcher/heap.ts'

const run = promisify(execFile)
const MB = 1024 * 1024

t.test('the V8 that runs this knows every flag', async (t) => {
  // It says so itself of one that it does not know, and goes on.
  const flags = JSON.stringify(heapFlags(process.versions.v8, 2048 * MB))
  const setAll = `for (const flag of ${flags}) v8.setFlagsFromString(flag)`
  const { stderr } = await run(process.execPath, ['-e', setAll], { env: {} })
  t.equal(stderr, '')
  const setUnknown = 'v8.setFlagsFromString("--no-such-flag=1")'
  const { stderr: complaint } = await run(process.execPath, ['-e', setUnknown])
  t.match(complaint, /unrecognized flag --no-such-flag/)
})

t.test('an older V8 is not told what it does not know', async (t) => {
  t.same(heapFlags('11.3.244.8-node.38', 2048 * MB), ['--heap-growing-percent=300'])
  const all = ['--heap-growing-percent=300', '--memory-reducer-gc-count=0']
  t.same(heapFlags('13.6.233.17-node.50', 2048 * MB), all)
})

t.test('a small heap grows in smaller steps', async (t) => {
  t.same(heapFlags('11.3.244.8-node.38', 126 * MB), ['--heap-growing-percent=50'])
})
