import { compileFunction } from 'node:vm';
import type { IExecuteFunctions, INodeExecutionData, INodeType } from 'n8n-workflow';

/** What n8n puts at the disposal of the code, out of the engine's own data proxy. */
const globals = [
	'$',
	'$input',
	'$json',
	'$binary',
	'$node',
	'$items',
	'$itemIndex',
	'$runIndex',
	'$prevNode',
	'$execution',
	'$workflow',
	'$vars',
	'$now',
	'$today',
	'$jmespath',
	'$if',
	'$ifEmpty',
	'DateTime',
	'Duration',
	'Interval',
];

/**
 * Stand-in for Code. n8n hands the code to a task runner, a process of its own; here it runs in this process. It runs
 * JavaScript only, once for all items or for each.
 *
 * @param real n8n's own Code node, whose parameters it has
 */
export function createCodeNode(real: INodeType): INodeType {
	return { description: real.description, execute: runCodeNode };
}

async function runCodeNode(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const language = this.getNodeParameter('language', 0);
	if (language !== 'javaScript')
		throw new Error(`The stand-in for Code runs no ${String(language)}`);
	const items = this.getInputData();
	if (this.getNodeParameter('mode', 0) === 'runOnceForAllItems') {
		const result = await runCode(this, 0, { items });
		return [normalize(this, requireObject(result))];
	}
	const output: INodeExecutionData[] = [];
	for (const [index, item] of items.entries()) {
		const result = requireObject(await runCode(this, index, { item }));
		if (Array.isArray(result)) throw new Error("Code doesn't return a single object");
		const [row] = normalize(this, result);
		output.push({ ...row, pairedItem: { item: index } });
	}
	return [output];
}

async function runCode(context: IExecuteFunctions, index: number, more: object): Promise<unknown> {
	const proxy = context.getWorkflowDataProxy(index) as unknown as Record<string, unknown>;
	const values = globals.map((name) => proxy[name]);
	const body = `return (async () => {${String(context.getNodeParameter('jsCode', 0))}\n})()`;
	const run = compileFunction(body, [...globals, ...Object.keys(more)]);
	const result = (await run(...values, ...Object.values(structuredClone(more)))) as unknown;
	return result === undefined ? undefined : JSON.parse(JSON.stringify(result));
}

function requireObject(result: unknown): object {
	if (typeof result !== 'object' || result === null)
		throw new Error("Code doesn't return items properly");
	return result;
}

function normalize(context: IExecuteFunctions, result: object): INodeExecutionData[] {
	return context.helpers.normalizeItems(result as INodeExecutionData[]);
}
