@echo off
chcp 65001 >nul
set PYTHONUTF8=1
cd /d "%~dp0"
if exist .venv\Scripts\python.exe goto run
py -3 -m venv .venv
.venv\Scripts\python.exe -m pip install --quiet --disable-pip-version-check -r requirements.txt
:run
.venv\Scripts\python.exe try.py %*
if "%~1"=="" pause
