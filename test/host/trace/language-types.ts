/** Types that belong to PowerShell's own language (about_Type_Accelerators, Windows PowerShell 5.1): values and attributes, nothing that acts. In lower case. */
export const LANGUAGE_TYPES: ReadonlySet<string> = new Set(
  `alias allowemptycollection allowemptystring allownull array bool boolean byte char cmdletbinding datetime decimal double float guid
   hashtable int int16 int32 int64 long math nullstring object ordered outputtype parameter pscredential pscustomobject ref psobject regex
   securestring sbyte scriptblock single string switch timespan uint16 uint32 uint64 validatecount validatelength validatenotnull
   validatenotnullorempty validatepattern validaterange validatescript validateset version void xml convert exception text.encoding
   text.stringbuilder management.automation.pscredential management.automation.errorrecord collections.idictionary
   collections.arraylist collections.generic.list collections.generic.dictionary collections.generic.hashset
   text.regularexpressions.regex globalization.cultureinfo globalization.numberstyles globalization.datetimestyles stringcomparison stringcomparer bitconverter
   diagnostics.stopwatch invalidoperationexception`.split(/\s+/),
);
