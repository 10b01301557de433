import { snippetTests } from "../snippet-table.ts";
import { NO_DOWNLOAD } from "./no-download.ts";

snippetTests(NO_DOWNLOAD, {
  bad: [
    ["Invoke-WebRequest", "Invoke-WebRequest -Uri $x -OutFile 'y'\n"],
    ["Invoke-RestMethod", "Invoke-RestMethod -Uri $x\n"],
    ["BITS", "Start-BitsTransfer -Source $x\n"],
    ["a web client", "New-Object -TypeName 'System.Net.WebClient'\n"],
    ["a web client by its type", "[System.Net.WebClient]::new().DownloadFile($x, 'y')\n"],
    ["an HTTP client", "$c = [System.Net.Http.HttpClient]::new()\n"],
    ["certutil", "certutil.exe -urlcache $x\n"],
    ["a module from a gallery", "Install-Module -Name 'x'\n"],
  ],
  good: [
    ["the catalogue's object", "Read-S3Object -BucketName $b -Key $k -Version $v -File $f\n"],
    ["a reach test", "Test-NetConnection -ComputerName $x -Port 443\n$c = [System.Net.Sockets.TcpClient]::new()\n"],
  ],
});
