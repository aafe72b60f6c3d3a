import { compileFunction } from 'node:vm';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { StandIn } from './standIn.mts';

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

/** Stand-in for Code: JavaScript, once for all items or for each, without a task runner. */
export const codeNode: StandIn = {
	type: 'n8n-nodes-base.code',
	displayName: 'Code',
	versions: [2],
	defaults: { mode: 'runOnceForAllItems', language: 'javaScript', jsCode: '' },
	covers: {
		mode: ['runOnceForAllItems', 'runOnceForEachItem'],
		language: ['javaScript'],
		jsCode: 'any',
	},
	async execute(context) {
		const items = context.getInputData();
		if (context.getNodeParameter('mode', 0) === 'runOnceForAllItems') {
			const result = await runCode(context, 0, { items });
			return [normalize(context, requireObject(result))];
		}
		const output: INodeExecutionData[] = [];
		for (const [index, item] of items.entries()) {
			const result = requireObject(await runCode(context, index, { item }));
			if (Array.isArray(result)) throw new Error("Code doesn't return a single object");
			const [row] = normalize(context, result);
			output.push({ ...row, pairedItem: { item: index } });
		}
		return [output];
	},
};

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
