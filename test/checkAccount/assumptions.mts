import type { Probe } from './finding.mts';
import * as entities from './probes/entities.mts';
import * as errors from './probes/errors.mts';
import * as filters from './probes/filters.mts';
import * as limits from './probes/limits.mts';
import * as views from './probes/views.mts';
import * as writes from './probes/writes.mts';

/**
 * What this package assumes about Teamogy. The list has two uses: the check of an account tests each entry, and the
 * table in docs/assumptions.md shows the entries that are INFERRED or UNKNOWN.
 *
 * DOC: documented. CLIENT: read in the vendor's own client. INFERRED: concluded. UNKNOWN: found nowhere.
 */
export interface Assumption {
	id: string;
	certainty: 'DOC' | 'CLIENT' | 'INFERRED' | 'UNKNOWN';
	sentence: string;
	/** What to set or do in the node where the assumption does not hold; `–` where nothing is to be done. */
	remedy: string;
	/** How the check finds out: by reading, by writing a company, or not at all. */
	checked: 'reading' | 'writing' | 'never';
	/** The ID of an assumption that must hold before this one can be tested. */
	needs?: string;
	probe: Probe;
}

/** Names of fields whose meaning is documented and whose name is not, by entity (`nodes/api/schema/fields.ts`). */
export type UnconfirmedFields = Record<string, readonly string[]>;

const NOTHING = '–';
const GOES_BY_TEAMOGY = 'Nothing: the node uses the rows that Teamogy returns';
const OWN_SYNTAX = 'Write the filter in Teamogy’s syntax';
const FILTER_AFTERWARDS = 'Filter after the node, with n8n’s *Filter*';
const STATUS_IS_NAMED = 'The message of the node names the status that came instead';

const entry =
	(checked: Assumption['checked']) =>
	(
		id: string,
		certainty: Assumption['certainty'],
		probe: Probe,
		sentence: string,
		remedy: string,
	): Assumption => ({ id, certainty, sentence, remedy, checked, probe });
const read = entry('reading');
/** Tested with a filter, so filters as such must work. */
const filter = (...given: Parameters<typeof read>): Assumption => ({
	...read(...given),
	needs: 'filters',
});
const write = entry('writing');
/** Tested with the filter `id>…` after a company was written. */
const writeAndCompare = (...given: Parameters<typeof write>): Assumption => ({
	...write(...given),
	needs: 'greater-number',
});
const skip = entry('never');

/** @param fields the names that are not confirmed, from the built package */
export function listAssumptions(fields: UnconfirmedFields): Assumption[] {
	return [
		// Views
		read(
			'views',
			'CLIENT',
			views.vendorViews,
			'The account has the views of Teamogy’s own client',
			'Use the resource *View* with the name it has in your account, or have the user of the key given the right',
		),
		read(
			'units-view',
			'CLIENT',
			views.unitsView,
			'The account has the view `units`',
			'*Business Unit*: use *Get* with the ID; what lists units or looks them up needs the view',
		),
		read(
			'default-page',
			'DOC',
			views.defaultPage,
			'`metadata.limit` says that a page has up to 1,000 rows unless asked otherwise',
			NOTHING,
		),
		read(
			'limit',
			'DOC',
			views.limit,
			'`limit` says how many rows a page has at most',
			'Report it: *Limit* and page sizes depend on it',
		),
		read(
			'large-pages',
			'DOC',
			views.largePages,
			'`metadata.limit` says that pages of more than 1,000 rows are granted',
			'*Options → Page Size*: 1000 or less',
		),
		read(
			'next-offset',
			'DOC',
			views.nextOffset,
			'`nextOffset` says where the next page begins',
			'Report it: *Return All* depends on it',
		),
		read(
			'last-page',
			'DOC',
			views.lastPage,
			'The last page has no `nextOffset`',
			'Report it: *Return All* depends on it',
		),
		read(
			'offset',
			'DOC',
			views.offset,
			'`offset` says at which row a page begins',
			'Report it: *Return All* depends on it',
		),
		read(
			'stable-order',
			'INFERRED',
			views.stableOrder,
			'The rows of a view come in the same order each time, so that pages join',
			'Filter, so that all rows fit in one page',
		),
		read(
			'id-column',
			'INFERRED',
			views.idColumn,
			'Views return the column `id` by themselves',
			'*Output: Selected Columns*: choose the ID too; in the trigger *ID Column*',
		),
		read(
			'columns',
			'DOC',
			views.columns,
			'`columns` says which columns are returned',
			'Remove the other columns after the node',
		),
		read(
			'raw-comma',
			'CLIENT',
			views.rawComma,
			'Names in `columns` may be separated by a raw comma',
			'Report it: choose one column at most',
		),
		read(
			'encoded-comma',
			'INFERRED',
			views.encodedComma,
			'Names in `columns` may be separated by `%2C`',
			'Report it, if the version of the package sends it so',
		),
		read(
			'hidden-columns',
			'INFERRED',
			views.hiddenColumns,
			'A column that a view does not return by itself is returned when it is asked for by name, so values can be matched on it',
			'*Look Up* and *Create or Update* say so: match on another column',
		),
		read(
			'nested-properties',
			'INFERRED',
			views.nestedProperties,
			'Rows have the entries of `properties` in an object',
			'Use the columns `properties.…` as they are returned',
		),
		read(
			'properties-parameter',
			'DOC',
			views.propertiesParameter,
			'`properties` says which of its entries are returned',
			'Remove the other entries after the node',
		),
		read(
			'days',
			'INFERRED',
			views.days,
			'Days come as text, `YYYY-MM-DD`',
			'Write days in filters as the view shows them',
		),

		// Filters
		read(
			'filters',
			'DOC',
			filters.filters,
			'Filters decide which rows are returned',
			FILTER_AFTERWARDS,
		),
		filter(
			'raw-filter',
			'CLIENT',
			filters.rawFilter,
			'Filters may have `=`, `(` and `)` without percent-encoding',
			'Encode them in your own requests; the node encodes them',
		),
		filter(
			'booleans',
			'DOC',
			filters.booleans,
			'True and false are written without quotes',
			OWN_SYNTAX,
		),
		filter(
			'or',
			'DOC',
			filters.or,
			'Conditions can be joined by `OR`',
			'*Look Up* and *Is Any Of* depend on it: one value at a time',
		),
		filter(
			'not',
			'INFERRED',
			filters.not,
			'`NOT (…)` returns the rows that do not meet the condition',
			FILTER_AFTERWARDS,
		),
		filter(
			'greater-number',
			'CLIENT',
			filters.greaterNumber,
			'`>` compares numbers',
			FILTER_AFTERWARDS,
		),
		filter(
			'greater-text',
			'UNKNOWN',
			filters.greaterText,
			'`>` compares texts too',
			FILTER_AFTERWARDS,
		),
		filter(
			'greater-day',
			'UNKNOWN',
			filters.greaterDay,
			'`>` compares days too, written as text',
			FILTER_AFTERWARDS,
		),
		filter(
			'doubled-quote',
			'UNKNOWN',
			filters.doubledQuote,
			"A quote within a filter value is doubled (`O''Neill`)",
			OWN_SYNTAX,
		),
		filter(
			'no-value',
			'INFERRED',
			filters.noValue,
			'A column without a value matches no comparison, not even *Not Equal* (as in SQL)',
			OWN_SYNTAX,
		),
		filter(
			'properties-filter',
			'UNKNOWN',
			filters.propertiesFilter,
			'Columns within `properties` are filtered as `properties.name`',
			OWN_SYNTAX,
		),
		filter(
			'empty-text',
			'UNKNOWN',
			filters.emptyText,
			"A column can be compared with an empty text (`name=''`)",
			FILTER_AFTERWARDS,
		),
		filter(
			'case',
			'UNKNOWN',
			filters.caseMatters,
			'`ABC` and `abc` are different values',
			GOES_BY_TEAMOGY,
		),
		filter(
			'accents',
			'UNKNOWN',
			filters.accentsMatter,
			'`é` and `e` are different values',
			GOES_BY_TEAMOGY,
		),
		filter(
			'type-column',
			'INFERRED',
			filters.typeColumn,
			'Documents have the column `type` in views that list several types',
			'*Create or Update* says that the column is not there: use *Look Up* and *Update*',
		),
		filter(
			'long-address',
			'INFERRED',
			filters.longAddress,
			'An address may have 6,000 characters',
			'Look up fewer or shorter values at a time, e.g. with n8n’s *Loop Over Items*',
		),

		// Entities
		read(
			'get-by-id',
			'INFERRED',
			entities.getById,
			'A record is read by `id`, with the ID that its view shows',
			'Use *Get Many* with a filter for the ID',
		),
		read(
			'bare-record',
			'UNKNOWN',
			entities.bareRecord,
			'A record that is read is the whole response, not a part of it',
			'Take its fields from that part, e.g. `{{ $json.data.name }}`',
		),
		read(
			'registration',
			'UNKNOWN',
			entities.registration,
			'A registration number is sent as `registration`',
			'*Options → Registration Number Parameter*: `number`',
		),
		read(
			'field-names',
			'INFERRED',
			entities.unconfirmedFields(fields),
			'Fields marked *(?)* have these names',
			'Choose *Using JSON* and name the field yourself',
		),

		// Refusals
		read(
			'wrong-key',
			'INFERRED',
			errors.wrongKey,
			'An API key that is not valid is answered with 401 or 403',
			STATUS_IS_NAMED,
		),
		read(
			'unknown-view',
			'INFERRED',
			errors.unknownView,
			'A view that does not exist is answered with 404',
			STATUS_IS_NAMED,
		),
		read(
			'unknown-column',
			'INFERRED',
			errors.unknownColumn,
			'A column that does not exist is refused with 400 or 422',
			'Choose columns from the list: one that does not exist may be left out without a message',
		),
		read(
			'broken-filter',
			'INFERRED',
			errors.brokenFilter,
			'A filter that cannot be read is refused with 400 or 422',
			STATUS_IS_NAMED,
		),
		read(
			'reasons',
			'INFERRED',
			errors.reasons,
			'A response that refuses a request has a text that says why',
			'The message of the node names the status alone',
		),
		skip(
			'too-many',
			'INFERRED',
			limits.tooManyRequests,
			'A request beyond the limit is answered with 429',
			STATUS_IS_NAMED,
		),
		skip(
			'too-large',
			'UNKNOWN',
			limits.notChecked,
			'A response that would be too large is answered with 413 or with 500 and above, after which the node asks for fewer rows',
			'*Options → Page Size*: 1000 or less',
		),

		// Writes
		skip(
			'own-types',
			'INFERRED',
			limits.notChecked,
			'A document type of the account’s own is in the view of the usual type that its name begins with, if that view lists several types',
			'*Create or Update* creates such documents again at each run: use *Look Up* and *Update*',
		),
		write(
			'created-id',
			'INFERRED',
			writes.createdId,
			'The response to a write holds the `id`',
			'*Return Full Record* says so when it cannot; look the record up',
		),
		write(
			'shown-at-once',
			'INFERRED',
			writes.shownAtOnce,
			'A new record is in its view at once',
			'Let some time pass between runs of *Create or Update* with the same values',
		),
		writeAndCompare(
			'ids-grow',
			'INFERRED',
			writes.idsGrow,
			'IDs grow: a new record has a higher ID than those before it',
			'*Trigger On*: *Starts Matching Filters* or *Created or Updated*',
		),
		write(
			'is-disabled',
			'INFERRED',
			writes.isDisabled,
			'`isDisabled` marks a company as no longer valid',
			'Choose *Using JSON* and name the field yourself',
		),
		write(
			'partial-update',
			'INFERRED',
			writes.partialUpdate,
			'An update keeps the fields that are not given',
			'Give all fields',
		),
		write(
			'merged-properties',
			'UNKNOWN',
			writes.mergedProperties,
			'An update keeps the entries of `properties` that are not given',
			'Give all entries',
		),
		write('null-clears', 'INFERRED', writes.nullClears, 'Null clears a field', 'Try an empty text'),
		write(
			'repeated-update',
			'INFERRED',
			writes.repeatedUpdate,
			'The same update may be sent again',
			'Report it: the node repeats an update after a broken connection',
		),
		skip(
			'unit-of-document',
			'UNKNOWN',
			limits.notChecked,
			'A new document without `agencyId` belongs to the unit in the address (of two pages of the documentation one requires it)',
			'Give `agencyId`, as *Business Unit ID* or in the JSON',
		),
		skip(
			'texts-of-user',
			'INFERRED',
			limits.notChecked,
			'The four texts that a new user must have, whose names are not documented, are among the fields found on your newest user',
			'Choose *Using JSON* and name the fields yourself; what Teamogy misses is in its response',
		),
		skip(
			'push-registers',
			'INFERRED',
			limits.notChecked,
			'The registers for pushes are written as in the examples here, beyond those of the documentation',
			'[docs/push.md](https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/push.md#what-is-assumed) says what is assumed; nothing in n8n depends on it',
		),
	];
}

/** docs/assumptions.md lists what is neither documented nor read in the vendor's client. */
export function isUnverified({ certainty }: Assumption): boolean {
	return certainty === 'INFERRED' || certainty === 'UNKNOWN';
}
