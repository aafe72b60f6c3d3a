import type { IBuilderHint } from 'n8n-workflow';

/** What a type definition cannot say of single parameters. n8n prints it once, above the definition. */
const HOW_TO_WRITE = [
	'Columns are names of the account: list them with their types and known values (e.g. of status) by the loadOptions method getColumns, with currentNodeParameters { resource, operation, view }. properties.name is an entry of "properties", and comes nested there with output "selected" and "all".',
	'Conditions: "equal" may compare text with its case and accents, "contains" ignores case and accents, "isEmpty" means not set and takes no value. Dates are compared as days, 2026-11-30. ignoreIfEmpty makes a condition optional.',
	'Fields to write: list them with types and which are required by the loadOptions method getWritableFields, with currentNodeParameters { resource, operation, documentType }. Then fields: { mappingMode: "defineBelow", value: { name: "Acme", "properties.name": "Subject" } }. For upsert add matchingColumns: ["number"], the field of value to match on. Or fieldsMode: "json" with body.',
	'A field left out should stay as it is, an empty text or null should clear it: neither is documented.',
	'The registration number is the field "number" of documents: recordId: { __rl: true, mode: "registration", value: "FV-2026-0001" }; by ID mode: "id".',
	'Output: getAll gives an item for each record, with at most ten main columns unless output is "all" or "selected". lookUp adds the record it finds to the item, in the field teamogy, null where nothing is found. create, update and upsert give what Teamogy answers, with the id; upsert also teamogyEvent, "created" or "updated".',
].join('\n');

/** For models that search nodes and build workflows. */
export const BUILDER_HINT: IBuilderHint = {
	searchHint:
		'Projects are jobs, clients and suppliers are companies, contacts are persons, timesheets and worklogs are time entries, quotes are sales quotations, POs are purchase orders, accounting is in invoices and journal entries. Find a record by a part of its name with getAll and search, add records to many items with lookUp, keep lists in step with upsert.',
	relatedNodes: [
		{
			nodeType: 'n8n-nodes-teamogy.teamogyTrigger',
			relationHint: 'Starts a workflow when records are created, change or meet a filter (polling)',
		},
		{
			nodeType: 'n8n-nodes-teamogy.teamogyPushTrigger',
			relationHint: 'Starts a workflow when Teamogy itself sends a record (webhook)',
		},
	],
	extraTypeDefContent: [{ content: HOW_TO_WRITE }],
};
