import { expect, test } from 'vitest'
import { nodeWords } from '../../../src/kube/tunnel/node-words.ts'

const POD = 'error forwarding port 15000 to pod 1323fca5, uid : '
const NAMESPACE =
  'failed to execute portforward in network namespace "/var/run/netns/cni-742d1a4e": '
const INSIDE = 'failed to connect to localhost:15000 inside namespace "1323fca5", IPv4: '

test.each([
  [
    'a port where nothing listens',
    `${POD}${NAMESPACE}${INSIDE}dial tcp4 127.0.0.1:15000: connect: connection refused IPv6 dial tcp6 [::1]:15000: connect: connection refused `,
    'port 15000 of the Pod refused the connection',
  ],
  [
    'a connection that was reset',
    `${POD}${NAMESPACE}read tcp4 127.0.0.1:38268->127.0.0.1:15000: read: connection reset by peer`,
    'read tcp4 127.0.0.1:38268->127.0.0.1:15000: read: connection reset by peer',
  ],
  [
    'a time limit',
    `${POD}${NAMESPACE}${INSIDE}dial tcp4 127.0.0.1:15000: i/o timeout`,
    'dial tcp4 127.0.0.1:15000: i/o timeout',
  ],
  ['anything else', 'failed to find sandbox "1323fca5"', 'failed to find sandbox "1323fca5"'],
])('the words of a node about %s are kept without its wrappers', (_, said, words) => {
  expect(nodeWords(said, 15_000)).toBe(words)
})
