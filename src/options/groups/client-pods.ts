import { isNamespaceName } from '../../kube/names.ts'
import type { ClientPods } from '../../routes/probe-request.ts'
import { type Given, option, PROBING } from '../option.ts'

export const CLIENT_PODS = option<ClientPods>({
  name: 'client-pods',
  type: 'namespace/label=value,...',
  placeholder: 'NAMESPACE/LABEL=VALUE,...',
  brief:
    'The Pods whose sidecars hold a rule of the mesh itself, by all of these labels. Without it, only those of gateways and waypoints are read.',
  text: 'For a rule that is bound to mesh, or to a Service: the Pods whose sidecars hold it, by their namespace and labels. They must have all of the labels. Without it, only the proxies of gateways and waypoints are read.',
  modes: PROBING,
  parse: readClientPods,
})

function readClientPods({ text, mustBe }: Given): ClientPods | undefined {
  const refused = () =>
    mustBe('namespace/label=value, or more labels separated by commas, such as shop/app=checkout')
  const [, namespace = '', list = ''] = /^([^/]*)\/(.*)$/s.exec(text.trim()) ?? []
  const labels = list.split(',').map((one) => one.trim().split('='))
  const isSound = labels.every(
    ([key = '', value, ...rest]) =>
      isLabelKey(key) && value !== undefined && isLabelValue(value) && rest.length === 0,
  )
  if (!isNamespaceName(namespace) || !isSound) return refused()
  const found = new Map(labels.map(([key = '', value = '']) => [key, value]))
  return found.size < labels.length ? refused() : { namespace, labels: Object.fromEntries(found) }
}

/** Source: k8s.io/apimachinery, IsQualifiedName. */
function isLabelKey(text: string): boolean {
  const [, prefix, name = ''] = /^(?:([^/]+)\/)?([^/]+)$/.exec(text) ?? []
  const isPrefix =
    prefix === undefined ||
    (prefix.length <= 253 && /^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/.test(prefix))
  return isPrefix && name !== '' && isLabelValue(name)
}

/** Source: k8s.io/apimachinery, IsValidLabelValue. An empty one is allowed. */
function isLabelValue(text: string): boolean {
  return text.length <= 63 && /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(text)
}
