import { Agent, type Dispatcher } from 'undici'

/** What the SDK's handler asks of undici; the answer's body is there as a whole. */
export interface WholeAnswers {
  request(options: Asked): Promise<Answer>
  close(): Promise<void>
  destroy(): Promise<void>
}

type Asked = Dispatcher.DispatchOptions & { signal?: AbortSignal | null }

interface Answer {
  statusCode: number
  headers: Record<string, string | string[] | undefined>
  body: Buffer
}

/** What Cognito says is a few KB; more is none of its answers. */
const MAX_ANSWER_BYTES = 1024 * 1024

/**
 * undici, with answers that are read as they come instead of through a stream: the SDK waits for all
 * of a body anyway, and the streams would be a good part of the CPU time of a call.
 */
export function wholeAnswers(options: Agent.Options): WholeAnswers {
  const agent = new Agent({ ...options, maxResponseSize: MAX_ANSWER_BYTES })
  return {
    request: ({ signal, ...asked }) => ask(agent, asked, signal ?? undefined),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  }
}

function ask(
  agent: Agent,
  asked: Dispatcher.DispatchOptions,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let head: Pick<Answer, 'statusCode' | 'headers'> = { statusCode: 0, headers: {} }
    let end: (() => void) | undefined
    const leave = () => end && signal?.removeEventListener('abort', end)

    agent.dispatch(asked, {
      onRequestStart(controller) {
        // undici begins a request anew that was lost before it was sent.
        leave()
        end = () => controller.abort(aborted())
        if (signal?.aborted === true) end()
        else signal?.addEventListener('abort', end)
      },
      onResponseStart(_controller, statusCode, headers) {
        head = { statusCode, headers }
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        leave()
        resolve({ ...head, body: Buffer.concat(chunks) })
      },
      onResponseError(_controller, error) {
        leave()
        reject(afterHead(head.statusCode, inWordsOfNode(error)))
      },
    })
  })
}

/** Of the connection, and not of Cognito. */
const NO_EXCEPTIONS = new Set(['HTTPParserError', 'ResponseExceededMaxSizeError'])

/** A connection that was lost, or that did not speak HTTP, as Node's own client says it. */
function inWordsOfNode(error: Error): Error {
  const code: unknown = 'code' in error ? error.code : undefined
  if (code === 'UND_ERR_SOCKET') return Object.assign(error, { name: 'Error', code: 'ECONNRESET' })
  return NO_EXCEPTIONS.has(error.name) ? Object.assign(error, { name: 'Error' }) : error
}

/** Cognito did what it was asked to once it answers: as the SDK says it of an answer it cannot read. */
function afterHead(httpStatusCode: number, error: Error): Error {
  return httpStatusCode === 0 ? error : Object.assign(error, { $metadata: { httpStatusCode } })
}

/** As undici's own API says it, which the SDK's handler knows. */
function aborted(): Error {
  return Object.assign(new Error('Request aborted'), {
    name: 'AbortError',
    code: 'UND_ERR_ABORTED',
  })
}
