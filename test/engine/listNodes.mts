import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { getPath, setPath } from './paths.mts';
import type { StandIn } from './standIn.mts';

const names = (text: string): string[] =>
	text
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');

const linkAll = (items: INodeExecutionData[]): Array<{ item: number }> =>
	items.map((_item, item) => ({ item }));

/** Stand-ins for the nodes that work on the list of items: Limit, Sort, Aggregate, Split Out, Merge. */
export const listNodes: StandIn[] = [
	{
		type: 'n8n-nodes-base.limit',
		displayName: 'Limit',
		versions: [1],
		defaults: { maxItems: 1, keep: 'firstItems' },
		covers: { maxItems: 'any', keep: ['firstItems', 'lastItems'] },
		execute(context) {
			const items = context.getInputData();
			const count = context.getNodeParameter('maxItems', 0) as number;
			if (context.getNodeParameter('keep', 0) === 'firstItems') return [items.slice(0, count)];
			return [items.slice(Math.max(0, items.length - count))];
		},
	},
	{
		type: 'n8n-nodes-base.sort',
		displayName: 'Sort',
		versions: [1],
		defaults: { type: 'simple', sortFieldsUi: {}, options: {} },
		covers: {
			type: ['simple'],
			sortFieldsUi: {
				fields: {
					sortField: { each: { fields: { fieldName: 'any', order: ['ascending', 'descending'] } } },
				},
			},
			options: { fields: {} },
		},
		execute: sortItems,
	},
	{
		type: 'n8n-nodes-base.aggregate',
		displayName: 'Aggregate',
		versions: [1],
		defaults: {
			aggregate: 'aggregateIndividualFields',
			fieldsToAggregate: {},
			destinationFieldName: 'data',
			include: 'allFields',
			fieldsToInclude: '',
			options: {},
		},
		covers: {
			aggregate: ['aggregateIndividualFields', 'aggregateAllItemData'],
			fieldsToAggregate: {
				fields: {
					fieldToAggregate: {
						each: {
							fields: {
								fieldToAggregate: 'any',
								renameField: [true, false],
								outputFieldName: 'any',
							},
						},
					},
				},
			},
			destinationFieldName: 'any',
			include: ['allFields', 'specifiedFields'],
			fieldsToInclude: 'any',
			options: { fields: {} },
		},
		execute: aggregateItems,
	},
	{
		type: 'n8n-nodes-base.splitOut',
		displayName: 'Split Out',
		versions: [1],
		defaults: { fieldToSplitOut: '', include: 'noOtherFields', options: {} },
		covers: {
			fieldToSplitOut: 'any',
			include: ['noOtherFields', 'allOtherFields'],
			options: { fields: { destinationFieldName: 'any' } },
		},
		execute: (context) => [
			context.getInputData().flatMap((item, index) => splitItem(context, item, index)),
		],
	},
	{
		type: 'n8n-nodes-base.merge',
		displayName: 'Merge',
		versions: [3, 3.1, 3.2],
		inputs: 2,
		requiredInputs: 1,
		defaults: { mode: 'append', numberInputs: 2 },
		covers: { mode: ['append'], numberInputs: [2] },
		execute: (context) => [[0, 1].flatMap((input) => inputOf(context, input))],
	},
];

function inputOf(context: IExecuteFunctions, index: number): INodeExecutionData[] {
	try {
		return context.getInputData(index);
	} catch {
		return [];
	}
}

interface SortField {
	fieldName: string;
	order?: 'ascending' | 'descending';
}

function sortItems(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	const fields = context.getNodeParameter('sortFieldsUi.sortField', 0) as SortField[];
	for (const { fieldName } of fields) {
		if (items.every(({ json }) => getPath(json, fieldName) === undefined)) {
			throw new Error(`Couldn't find the field '${fieldName}' in the input data`);
		}
	}
	const valueOf = (item: INodeExecutionData, name: string): unknown => {
		const value = getPath(item.json, name);
		return typeof value === 'string' ? value.toLowerCase() : value;
	};
	const isLess = (a: unknown, b: unknown): boolean =>
		typeof a === 'string' && typeof b === 'string' ? a < b : Number(a) < Number(b);
	const compare = (a: INodeExecutionData, b: INodeExecutionData): number => {
		for (const { fieldName, order = 'ascending' } of fields) {
			const [left, right] = [valueOf(a, fieldName), valueOf(b, fieldName)];
			if (left === right) continue;
			return (isLess(left, right) ? -1 : 1) * (order === 'ascending' ? 1 : -1);
		}
		return 0;
	};
	return [[...items].sort(compare)];
}

interface AggregateField {
	fieldToAggregate: string;
	renameField?: boolean;
	outputFieldName?: string;
}

function aggregateItems(context: IExecuteFunctions): INodeExecutionData[][] {
	const items = context.getInputData();
	const parameter = (name: string): unknown => context.getNodeParameter(name, 0);
	const pairedItem = linkAll(items);
	if (parameter('aggregate') === 'aggregateAllItemData') {
		const only = names(parameter('fieldsToInclude') as string);
		const pick = (json: IDataObject): IDataObject =>
			Object.fromEntries(Object.entries(json).filter(([name]) => only.includes(name)));
		const picked = items.map(({ json }) => (only.length > 0 ? pick(json) : json));
		const kept = pairedItem.filter(
			({ item }) => only.length === 0 || Object.keys(picked[item]).length > 0,
		);
		const name = parameter('destinationFieldName') as string;
		return [[{ json: { [name]: kept.map(({ item }) => picked[item]) }, pairedItem: kept }]];
	}
	const json: IDataObject = {};
	const fields = context.getNodeParameter(
		'fieldsToAggregate.fieldToAggregate',
		0,
	) as AggregateField[];
	for (const { fieldToAggregate, outputFieldName } of fields) {
		const values = items.map((item) => getPath(item.json, fieldToAggregate));
		const present = values
			.filter((value) => value !== undefined && value !== null)
			.map((value) => (Array.isArray(value) ? value.filter((one) => one !== null) : value));
		setPath(json, outputFieldName || fieldToAggregate.split('.').at(-1)!, present);
	}
	return [[{ json, pairedItem }]];
}

function splitItem(
	context: IExecuteFunctions,
	item: INodeExecutionData,
	index: number,
): INodeExecutionData[] {
	const field = (context.getNodeParameter('fieldToSplitOut', index) as string).replace(
		/^\$json\./,
		'',
	);
	if (field.includes(',')) throw new Error('The stand-in for splitOut covers one field only');
	const { destinationFieldName = '' } = context.getNodeParameter('options', index) as {
		destinationFieldName?: string;
	};
	const value = getPath(item.json, field);
	const isObject = typeof value === 'object' && value !== null;
	const list = Array.isArray(value)
		? value
		: isObject
			? Object.values(value)
			: value === undefined
				? []
				: [value];
	const keepOthers = context.getNodeParameter('include', index) === 'allOtherFields';
	const others = keepOthers ? structuredClone(item.json) : {};
	if (keepOthers) removePath(others, field);
	return (list as unknown[]).map((element) => {
		const spreads =
			typeof element === 'object' && element !== null && !keepOthers && destinationFieldName === '';
		const own = spreads ? (element as IDataObject) : { [destinationFieldName || field]: element };
		return { json: { ...others, ...own } as IDataObject, pairedItem: { item: index } };
	});
}

function removePath(target: IDataObject, path: string): void {
	const keys = path.split('.');
	const last = keys.pop()!;
	const holder = keys.length > 0 ? getPath(target, keys.join('.')) : target;
	if (typeof holder === 'object' && holder !== null) delete (holder as IDataObject)[last];
}
