import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { getPath } from './paths.mts';
import type { StandIn } from './standIn.mts';

interface Summary {
	aggregation?: string;
	field: string;
	includeEmpty?: boolean;
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';
const numbers = (values: unknown[]): number[] =>
	values.filter((value) => typeof value === 'number');
const sum = (values: unknown[]): number =>
	numbers(values).reduce((total, value) => total + value, 0);
const extreme =
	(isBetter: (a: never, b: never) => boolean) =>
	(values: unknown[]): unknown =>
		values
			.filter((value) => !isEmpty(value))
			.reduce(
				(best, value) => (best === null || isBetter(value as never, best as never) ? value : best),
				null,
			);

/** Each aggregation with the prefix of its output field. */
const aggregations: Record<
	string,
	{ prefix: string; of: (values: unknown[], includeEmpty: boolean) => unknown }
> = {
	sum: { prefix: 'sum_', of: sum },
	average: { prefix: 'average_', of: (values) => sum(values) / numbers(values).length },
	min: { prefix: 'min_', of: extreme((a, b) => a < b) },
	max: { prefix: 'max_', of: extreme((a, b) => a > b) },
	count: {
		prefix: 'count_',
		of: (values, includeEmpty) => values.filter((value) => includeEmpty || !isEmpty(value)).length,
	},
	countUnique: {
		prefix: 'unique_count_',
		of: (values, includeEmpty) =>
			new Set(values.filter((value) => includeEmpty || !isEmpty(value))).size,
	},
};

const outputName = (name: string): string => name.replace(/[\]["]/g, '').replace(/[ .]/g, '_');

/** Stand-in for Summarize: one item for each combination of the fields to split by. */
export const summarizeNode: StandIn = {
	type: 'n8n-nodes-base.summarize',
	displayName: 'Summarize',
	versions: [1, 1.1],
	defaults: { fieldsToSummarize: {}, fieldsToSplitBy: '', options: {} },
	covers: {
		fieldsToSummarize: {
			fields: {
				values: {
					each: {
						fields: {
							aggregation: Object.keys(aggregations),
							field: 'any',
							includeEmpty: [true, false],
						},
					},
				},
			},
		},
		fieldsToSplitBy: 'any',
		options: { fields: { outputFormat: ['separateItems'], skipEmptySplitFields: [true, false] } },
	},
	execute: (context) => [summarize(context)],
};

interface Group {
	keys: unknown[];
	indexes: number[];
}

function summarize(context: IExecuteFunctions): INodeExecutionData[] {
	const items = context.getInputData();
	const summaries = context.getNodeParameter('fieldsToSummarize.values', 0) as Summary[];
	const splitBy = (context.getNodeParameter('fieldsToSplitBy', 0) as string)
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const isFirstVersion = context.getNode().typeVersion === 1;
	for (const { field } of summaries) {
		if (items.some(({ json }) => getPath(json, field) !== undefined)) continue;
		const message = `The field '${field}' does not exist in any items`;
		if (isFirstVersion) throw new Error(message);
		context.addExecutionHints({ message, location: 'outputPane' });
	}
	const { skipEmptySplitFields } = context.getNodeParameter('options', 0) as IDataObject;
	const keyOf = (json: IDataObject, name: string): unknown => {
		const value = getPath(json, name);
		const key = value && typeof value === 'object' ? JSON.stringify(value) : value;
		return isFirstVersion ? String(key) : key;
	};
	let groups: Group[] = [{ keys: [], indexes: items.map((_item, index) => index) }];
	for (const name of splitBy) {
		groups = groups.flatMap((group) => split(group, (index) => keyOf(items[index].json, name)));
		if (skipEmptySplitFields) {
			groups = groups.filter(({ keys }) => typeof keys.at(-1) === 'number' || Boolean(keys.at(-1)));
		}
	}
	return groups.map(({ keys, indexes }) => {
		const json: IDataObject = {};
		for (const { aggregation = 'count', field, includeEmpty = false } of summaries) {
			const { prefix, of } = aggregations[aggregation];
			const values = indexes.map((index) => getPath(items[index].json, field));
			json[outputName(prefix + field)] = of(values, includeEmpty) as IDataObject;
		}
		splitBy.forEach((name, index) => (json[outputName(name)] = keys[index] as string));
		return { json, pairedItem: indexes.map((item) => ({ item })) };
	});
}

/** Divides a group by a key, each part in the order of its first member. */
function split(group: Group, keyOf: (index: number) => unknown): Group[] {
	const parts = new Map<unknown, number[]>();
	for (const index of group.indexes) {
		const key = keyOf(index);
		parts.set(key, [...(parts.get(key) ?? []), index]);
	}
	return [...parts].map(([key, indexes]) => ({ keys: [...group.keys, key], indexes }));
}
