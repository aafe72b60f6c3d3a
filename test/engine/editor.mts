import type {
	INodeListSearchResult,
	INodeParameters,
	INodePropertyOptions,
	ResourceMapperFields,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { createNode, credentialsOf, type Harness, type NodeCall } from './harness.mts';

/** A call of one of the methods that fill the editor's lists. */
export interface EditorCall extends NodeCall {
	/** Name of the method in the node's `methods`. */
	method: string;
	/** Path of the parameter that asks, e.g. `parameters.recordId`. */
	path?: string;
}

export interface ListSearchCall extends EditorCall {
	filter?: string;
	paginationToken?: string;
}

/** Runs a `listSearch` method as the editor does; a numeric token comes back as text. */
export async function listSearch(
	harness: Harness,
	call: ListSearchCall,
): Promise<INodeListSearchResult> {
	const result = await runMethod<INodeListSearchResult>(harness, 'listSearch', call, [
		call.filter,
		call.paginationToken,
	]);
	const token = result?.paginationToken as unknown;
	return typeof token === 'number' ? { ...result, paginationToken: String(token) } : result;
}

/** Runs a `loadOptions` method as the editor does. */
export async function loadOptions(
	harness: Harness,
	call: EditorCall,
): Promise<INodePropertyOptions[]> {
	return await runMethod(harness, 'loadOptions', call, []);
}

/** Runs a `resourceMapping` method as the editor does: a field's second appearance is dropped. */
export async function resourceMapping(
	harness: Harness,
	call: EditorCall,
): Promise<ResourceMapperFields> {
	const result = await runMethod<ResourceMapperFields>(harness, 'resourceMapping', call, []);
	const ids = new Set<string>();
	return { ...result, fields: result.fields.filter(({ id }) => !ids.has(id) && ids.add(id)) };
}

async function runMethod<T>(
	harness: Harness,
	kind: string,
	call: EditorCall,
	args: unknown[],
): Promise<T> {
	const node = { ...createNode(harness, call), name: 'Temp-Node' };
	const { core, workflow: n8nWorkflow } = harness.n8n;
	const nodeType = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const methods = nodeType.methods?.[kind as 'loadOptions'] ?? {};
	const method = methods[call.method] as ((...values: unknown[]) => Promise<T>) | undefined;
	if (!method)
		throw new Error(`Node type "${call.type}" has no ${kind} method named "${call.method}"`);
	const additionalData = createAdditionalData(harness, {
		credentials: credentialsOf(harness, call.credentials),
		mode: 'internal',
		currentNodeParameters: structuredClone(call.parameters) as INodeParameters,
	});
	const workflow = new n8nWorkflow.Workflow({
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes: harness.nodeTypes,
	});
	const temp = workflow.nodes['Temp-Node'];
	const context = new core.LoadOptionsContext(workflow, temp, additionalData, call.path ?? '');
	return await method.call(context, ...args);
}
