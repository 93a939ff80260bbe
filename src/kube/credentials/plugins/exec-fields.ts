import path from 'node:path'
import { isObject, type JsonObject, textsAt } from '../../json.ts'
import { FieldError, typeText } from '../kubeconfig/field-error.ts'
import type { Entry } from '../kubeconfig/fields.ts'
import { textOf } from '../kubeconfig/fields.ts'
import { shownValue } from '../kubeconfig/kubeconfig-text.ts'

const GROUP = 'client.authentication.k8s.io'
const MODES = ['Never', 'IfAvailable', 'Always']

/**
 * The fields of a user's credential plugin; undefined if the user has none. A command with a slash is relative to the
 * kubeconfig. A command without a slash is searched in PATH.
 * Source: k8s.io/client-go, tools/clientcmd/loader.go and validation.go.
 */
export function pluginFields({ fields, folder }: Entry): JsonObject | undefined {
  const exec = fields.exec ?? undefined
  if (exec === undefined) return undefined
  if (!isObject(exec)) throw new FieldError(`exec must be a mapping, and is ${typeText(exec)}`)
  const command = textOf(exec.command, 'exec.command')
  if (!command) throw new FieldError('exec.command is required')
  const version = textOf(exec.apiVersion, 'exec.apiVersion') ?? ''
  if (version === `${GROUP}/v1alpha1`)
    throw new FieldError(
      `exec.apiVersion ${GROUP}/v1alpha1 was removed from Kubernetes. Update the plugin, and let it write the kubeconfig again (for EKS: aws eks update-kubeconfig --name CLUSTER)`,
      'ITS-KUBECONFIG-LOGIN-REMOVED',
    )
  if (version !== `${GROUP}/v1` && version !== `${GROUP}/v1beta1`)
    throw new FieldError(
      `exec.apiVersion must be ${GROUP}/v1 or ${GROUP}/v1beta1, and is ${JSON.stringify(shownValue(version))}`,
    )
  const mode = textOf(exec.interactiveMode, 'exec.interactiveMode') || 'IfAvailable'
  if (!MODES.includes(mode))
    throw new FieldError(
      `exec.interactiveMode must be one of ${MODES.join(', ')}, and is ${JSON.stringify(shownValue(mode))}`,
    )
  return {
    apiVersion: version,
    command: /[\\/]/.test(command) ? path.resolve(folder, command) : command,
    args: listOfTexts(exec, 'args'),
    env: variables(exec),
    interactiveMode: mode,
    installHint: textOf(exec.installHint, 'exec.installHint') ?? '',
    provideClusterInfo: exec.provideClusterInfo === true,
  }
}

function listOfTexts(exec: JsonObject, field: string): string[] {
  const texts = textsAt(exec, field)
  const given = exec[field] ?? []
  if (!Array.isArray(given) || given.length !== texts.length)
    throw new FieldError(`exec.${field} must be a list of strings. Quote numbers and booleans`)
  return texts
}

function variables(exec: JsonObject): JsonObject[] {
  const given = exec.env ?? []
  if (!Array.isArray(given))
    throw new FieldError(`exec.env must be a list, and is ${typeText(given)}`)
  return given.map((variable, index) => {
    if (!isObject(variable))
      throw new FieldError(`exec.env[${index}] must be a mapping, and is ${typeText(variable)}`)
    const name = textOf(variable.name, `exec.env[${index}].name`)
    if (!name) throw new FieldError(`exec.env[${index}].name is required`)
    return { name, value: textOf(variable.value, `exec.env[${index}].value`) ?? '' }
  })
}
