/**
 * What runs inside a sandbox, before the trigger's own file. A text, since it must start as is from
 * sources, from tests and from a bundle; CommonJS, which is what evaluated worker code is.
 */
export const SANDBOX_CODE = `
'use strict'
const { parentPort, workerData } = require('node:worker_threads')

const loaded = import(workerData.href)
loaded.catch(() => {}) // told to whoever invokes

// As Lambda's runtime does it (aws-lambda-ric, toRapidResponse): an error without a stack loses its
// message too.
function messageOf(error) {
  if (!(error instanceof Error)) return String(error)
  try {
    error.stack.split('\\n')
    return error.message
  } catch {
    return 'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack'
  }
}

parentPort.on('message', async ({ event, requestId, deadline }) => {
  try {
    const { handler } = await loaded
    if (typeof handler !== 'function') throw new Error('index.handler is undefined or not exported')
    const result = await handler(JSON.parse(event), {
      awsRequestId: requestId,
      functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
      callbackWaitsForEmptyEventLoop: true,
      getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    })
    parentPort.postMessage({ kind: 'answered', output: JSON.stringify(result ?? null) ?? 'null' })
  } catch (error) {
    parentPort.postMessage({ kind: 'threw', message: messageOf(error) })
  }
})
`
