/**
 * The aliases that Windows PowerShell 5.1 starts with, and the functions of its default session that stand for cmdlets.
 * Source: `Get-Alias` of a fresh 5.1 session, as InitialSessionState.BuiltInAliases of System.Management.Automation and the
 * CimCmdlets module define them. Names in lower case.
 */
export const BUILT_IN_ALIASES: ReadonlySet<string> = new Set(
  `% ? ac asnp cat cd chdir clc clear clhy cli clp cls clv cnsn compare cfs copy cp cpi cpp curl cvpa dbp del diff dir dnsn ebp
   echo epal epcsv epsn erase etsn exsn fc fhx fl foreach ft fw gal gbp gc gcai gcb gci gcim gcls gcm gcms gcs gdr ghy gi gin gjb
   gl gm gmo gp gps gpv group gsn gsnp gsv gtz gu gv gwmi h history icim icm iex ihy ii ipal ipcsv ipmo ipsn irm ise iwmi iwr kill
   lp ls man md measure mi mount move mp mv nal ncim ncms ncso ndr ni nmo npssc nsn nv nwsn ogv oh popd ps pushd pwd r rbp rcie
   rcim rcjb rcms rcsn rd rdr ren ri rjb rm rmdir rmo rni rnp rp rsn rsnp rujb rv rvpa rwmi sajb sal saps sasv sbp sc scb scim
   select set shcm si sl sleep sls sort sp spjb spps spsv start stz sujb sv swmi tee trcm type wget where wjb write
   help mkdir more oss pause prompt`
    .split(/\s+/)
    .filter((alias) => alias !== ""),
);
