import type {
	AssignmentCollectionValue,
	FieldType,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';
import type { N8n } from './n8n.mts';
import { setPath } from './paths.mts';
import type { StandIn } from './standIn.mts';

/** Stand-in for Edit Fields (Set): fields by assignment or as JSON, over the input's or alone. */
export const setNode: StandIn = {
	type: 'n8n-nodes-base.set',
	displayName: 'Edit Fields',
	versions: [3.3, 3.4, 3.5],
	defaults: {
		mode: 'manual',
		assignments: {},
		jsonOutput: '{}',
		includeOtherFields: false,
		include: 'all',
		options: {},
	},
	covers: {
		mode: ['manual', 'raw'],
		assignments: {
			fields: {
				assignments: {
					each: {
						fields: {
							id: 'any',
							name: 'any',
							value: 'any',
							type: ['string', 'number', 'boolean', 'array', 'object'],
						},
					},
				},
			},
		},
		jsonOutput: 'any',
		includeOtherFields: [true, false],
		include: ['all'],
		duplicateItem: [false],
		options: { fields: { dotNotation: [true, false] } },
	},
	execute: (context, n8n) => [
		context.getInputData().map((item, index) => editFields(context, n8n, item, index)),
	],
};

function editFields(
	context: IExecuteFunctions,
	n8n: N8n,
	item: INodeExecutionData,
	index: number,
): INodeExecutionData {
	const parameter = (name: string): unknown => context.getNodeParameter(name, index);
	const options = parameter('options') as { dotNotation?: boolean };
	const includeOthers = parameter('includeOtherFields') === true;
	const json: IDataObject = includeOthers ? structuredClone(item.json) : {};
	const values =
		parameter('mode') === 'raw'
			? jsonFields(context, n8n, index)
			: assignedFields(context, n8n, parameter('assignments') as AssignmentCollectionValue, index);
	for (const [name, value] of Object.entries(values)) {
		if (options.dotNotation === false) json[name] = value;
		else setPath(json, name, value);
	}
	return {
		json,
		pairedItem: { item: index },
		...(includeOthers && item.binary && { binary: { ...item.binary } }),
	};
}

function assignedFields(
	context: IExecuteFunctions,
	n8n: N8n,
	{ assignments = [] }: Partial<AssignmentCollectionValue>,
	index: number,
): IDataObject {
	const entries = assignments.map(({ name, type, value }) => {
		if (value === undefined || value === null) return [name, null];
		const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
		const result = n8n.workflow.validateFieldType(
			name,
			type === 'string' ? text : value,
			type as FieldType,
		);
		if (!result.valid) {
			const message = `${result.errorMessage} [item ${index}]`;
			throw new n8n.workflow.NodeOperationError(context.getNode(), message, { itemIndex: index });
		}
		return [name, result.newValue ?? null];
	});
	return Object.fromEntries(entries) as IDataObject;
}

function jsonFields(context: IExecuteFunctions, n8n: N8n, index: number): IDataObject {
	const value = jsonOutput(context, index);
	const parsed =
		typeof value === 'string'
			? n8n.workflow.jsonParse<unknown>(value, { repairJSON: true })
			: value;
	if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
		return parsed as IDataObject;
	const message = `The 'JSON Output' in item ${index} does not contain a valid JSON object`;
	throw new n8n.workflow.NodeOperationError(context.getNode(), message, { itemIndex: index });
}

/** The JSON with each expression in it resolved on its own, so that objects stay JSON. */
function jsonOutput(context: IExecuteFunctions, index: number): unknown {
	const raw = context.getNodeParameter('jsonOutput', 0, '', { rawExpressions: true } as never);
	if (typeof raw !== 'string' || !raw.startsWith('=')) {
		return context.getNodeParameter('jsonOutput', index);
	}
	return raw.replace(/^=+/, '').replace(/{{[\s\S]*?}}/g, (expression) => {
		const value = context.evaluateExpression(expression, index) as unknown;
		return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
	});
}
