import { toText } from '../api/common/formatValue';
import { supportsMethod } from '../api/schema/resources';
import { buildFieldParameters, readBody } from '../parameters/fields';
import {
	buildRecordParameters,
	describeRecord,
	readSelector,
	registrationOption,
} from '../parameters/record';
import { withArticle } from '../parameters/wording';
import type { Operation } from './operation';
import {
	buildWriteOptions,
	executeWrites,
	readWriteTarget,
	updateAndReturn,
	type UpdateTask,
} from './saveRecord';

/** Update: changes fields of one record for each item. That other fields do not change is INFERRED. */
export const update: Operation<UpdateTask> = {
	value: 'update',
	name: 'Update',
	isOfferedBy: (resource) => supportsMethod(resource, 'PATCH'),
	describe: ({ name }) => ({
		description: `Update ${withArticle(name)} by ID or registration number, and return its ID`,
		action: `Update ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildRecordParameters(resources),
		...buildFieldParameters('add'),
		...buildWriteOptions(resources, registrationOption, 'unitId'),
	],
	prepare: (item) => {
		const selector = readSelector(item);
		const body = readBody(item);
		const subject = describeRecord(item.resource, selector);
		const target = readWriteTarget(item, subject);
		// A field with the ID or the number of the record is used: it chooses the record.
		const [chosen] = Object.values(selector);
		const unusedFields = target.unusedFields.filter(
			(name) => toText(item.input.json[name]).trim() !== chosen,
		);
		return { ...target, unusedFields, selector, body };
	},
	execute: executeWrites(updateAndReturn),
};
