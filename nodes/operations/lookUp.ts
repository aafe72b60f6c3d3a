import type { INodeProperties } from 'n8n-workflow';

import { toText } from '../api/common/formatValue';
import { isBlankText } from '../api/common/json';
import { withColumn } from '../api/views/columns';
import { ColumnTypes } from '../api/filters/columnTypes';
import { assertComparable } from '../api/filters/columnValue';
import { toMatchLiteral } from '../api/matching/matchBatches';
import { parseColumnName } from '../api/views/names';
import type { TypedMatchQuery } from '../api/matching/typedMatch';
import { isTool } from '../n8n/tool';
import { buildValueTypeParameter, parseValueType } from '../parameters/condition';
import { ignoreCaseOption, readIgnoreCase } from '../parameters/ignoreCase';
import { buildOptionsParameter } from '../parameters/options';
import { readViewQuery } from '../parameters/output';
import { buildColumnParameter, buildViewParameters } from '../parameters/view';
import { ONE_ITEM_EACH, withArticle } from '../parameters/wording';
import {
	buildMissingHint,
	lookUpGroup,
	ON_MISSING,
	VALUE_LABEL,
	type LookUpTask,
	type MissingValue,
} from './lookUpGroup';
import { groupTasks, type Operation } from './operation';

const outputFieldOption: INodeProperties = {
	displayName: 'Put Output in Field',
	name: 'outputField',
	type: 'string',
	default: 'teamogy',
	placeholder: 'e.g. company',
	description: 'The name of the output field to put the record in',
};

/** A list that people typed has names without legal forms. A record is not changed because of such a name. */
const looseNameOption: INodeProperties = {
	...ignoreCaseOption,
	description:
		'Whether case, accents, spacing and a legal form may differ. The node reads the column of all records then.',
};

/** Look Up: finds for each item the rows of a view with a value in a column, for many items in one request. */
export const lookUp: Operation<LookUpTask> = {
	value: 'lookUp',
	name: 'Look Up',
	isOfferedBy: (resource) => resource.kind !== 'request',
	describe: (resource) =>
		resource.kind === 'anyView'
			? {
					description:
						'Find the record of any view that has a given value in a column, and add it to each input item',
					action: 'Look up a record in a view',
				}
			: {
					description: `Find the ${resource.name.toLowerCase()} that has a given value in a column, and add it to each input item`,
					action: `Look up ${withArticle(resource.name)}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		{
			...buildColumnParameter('lookUpColumn', 'The column to find the value in'),
			displayName: 'Look Up Column Name or ID',
			required: true,
		},
		{
			displayName: 'Value',
			name: 'lookUpValue',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.companyId }}',
			description: 'The value to find. Without a value nothing is looked up.',
		},
		buildValueTypeParameter('lookUpType'),
		{
			displayName: 'Output',
			name: 'lookUpOutput',
			type: 'options',
			options: [
				{
					name: 'Input With Found Record',
					value: 'merge',
					description:
						"The input fields plus the found record, in the field 'teamogy' or the one set under 'Options'",
				},
				{ name: 'Found Record Only', value: 'record', description: 'The found record as it is' },
			],
			default: 'merge',
			description: 'What to return. If several records are found, each becomes an item.',
		},
		{
			displayName: 'When Nothing Is Found',
			name: 'onMissing',
			type: 'options',
			options: [
				{
					name: 'Return Item Without Match',
					value: 'empty',
					description: 'Pass the item on with null instead of the record',
				},
				{ name: 'Skip Item', value: 'skip', description: 'Leave the item out of the output' },
				{
					name: 'Fail Item',
					value: 'fail',
					description: "Fail the item; the node's 'On Error' setting decides what happens next",
				},
			],
			default: 'empty',
			description: 'What to do with an item without a match',
		},
		buildOptionsParameter('columns', looseNameOption, outputFieldOption, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const entered = item.readParameter('lookUpValue', '');
		const value = isBlankText(entered) ? undefined : entered;
		const viewQuery = readViewQuery(item);
		const query: TypedMatchQuery = {
			// A model needs the ID for its next call.
			...(isTool(item.context) ? withColumn(viewQuery, 'id') : viewQuery),
			column: parseColumnName(item.readParameter('lookUpColumn', ''), 'Look Up Column Name or ID'),
			ignoreCase: readIgnoreCase(item),
			ignoreLegalForm: true,
		};
		const type = parseValueType('Value Type', item.readParameter('lookUpType', 'auto'));
		const output = item.readChoice('lookUpOutput', 'Output', ['merge', 'record']);
		if (value !== undefined && type)
			toMatchLiteral({ ...query, type }, value, VALUE_LABEL, ONE_ITEM_EACH);
		else if (value !== undefined) assertComparable(value, VALUE_LABEL, ONE_ITEM_EACH);
		return {
			query,
			value,
			type,
			input: output === 'merge' ? item.input : undefined,
			field: toText(item.readOption('outputField') ?? '').trim() || 'teamogy',
			onMissing: item.readChoice('onMissing', 'When Nothing Is Found', ON_MISSING),
		};
	},
	execute: async (prepared, context) => {
		const { client, executeFunctions } = context;
		const columnTypes = new ColumnTypes(client, executeFunctions.getTimezone());
		const missing: MissingValue[] = [];
		for (const group of groupTasks(prepared, ({ query }) => query))
			for (const one of await lookUpGroup(group, columnTypes, context)) missing.push(one);
		const withoutValue = prepared.filter(({ task }) => task.value === undefined).length;
		if (withoutValue) {
			client.hint(
				`Items without a value to look up: ${withoutValue} of ${prepared.length}. Nothing was looked up for them.`,
			);
		}
		if (!missing.length) return;
		const ignoresCase = prepared.every(({ task }) => task.query.ignoreCase);
		client.hint(buildMissingHint(missing, prepared.length, ignoresCase));
	},
};
