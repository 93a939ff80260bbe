/** Prints an ExecCredential, whose token names the time until which it is accepted. */
const PRINT = `
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs')
const { dirname, join } = require('node:path')
const words = process.argv.slice(2)
const here = dirname(process.argv[1])
const { cluster, lifetimeMs } = JSON.parse(readFileSync(join(here, 'cloud.json'), 'utf8'))
function fail(why) {
  console.error(why)
  process.exit(255)
}
function print(prefix) {
  appendFileSync(join(here, 'plugin-starts'), words.join(' ') + '\\n')
  const until = Date.now() + lifetimeMs
  console.log(JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    spec: {},
    status: {
      expirationTimestamp: new Date(until).toISOString(),
      token: prefix + 'example-until-' + until,
    },
  }))
}
`

/** The two commands of the AWS CLI that a kubeconfig of EKS needs: what writes it, and the plugin that it names. */
export const AWS = `#!${process.execPath}
${PRINT}
if (!process.env.AWS_SESSION_TOKEN) fail('Unable to locate credentials.')
const after = (word) => words[words.indexOf(word) + 1]
if (words.slice(0, 2).join(' ') === 'eks update-kubeconfig') {
  const region = process.env.AWS_REGION
  const name = 'arn:aws:eks:' + region + ':123456789012:cluster/' + after('--name')
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1beta1',
    args: ['--region', region, 'eks', 'get-token', '--cluster-name', after('--name'), '--output', 'json'],
    command: 'aws',
  }
  writeFileSync(after('--kubeconfig'), JSON.stringify({
    apiVersion: 'v1',
    clusters: [{ cluster, name }],
    contexts: [{ context: { cluster: name, user: name }, name }],
    'current-context': name,
    kind: 'Config',
    preferences: {},
    users: [{ name, user: { exec } }],
  }), { mode: 0o600 })
  console.log('Added new context ' + name + ' to ' + after('--kubeconfig'))
} else if (words.slice(2, 4).join(' ') === 'eks get-token' && words[0] === '--region') {
  print('k8s-aws-v1.')
} else fail('unsupported: ' + words.join(' '))
`

export const KUBELOGIN = `#!${process.execPath}
${PRINT}
if (!process.env.AZ_LOGGED_IN) fail("Please run 'az login'.")
if (words.slice(0, 3).join(' ') !== 'get-token --login azurecli') fail('unsupported: ' + words.join(' '))
print('az.')
`
